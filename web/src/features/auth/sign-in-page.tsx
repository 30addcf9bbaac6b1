export function SignInPage(_: { from?: string | undefined }) { return null; }
