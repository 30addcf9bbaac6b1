export function RegisterPage(_: { from?: string | undefined }) { return null; }
