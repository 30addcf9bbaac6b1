export function ShellSkeleton() { return null; }
