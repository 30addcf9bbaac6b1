import { type ReactNode, useEffect } from 'react';

interface AuthFrameProps {
  title: string;
  description?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
}

/** The quiet page around the sign-in and the registration. */
export function AuthFrame({ title, description, children, footer }: AuthFrameProps) {
  useEffect(() => {
    document.title = `${title} · Pulse`;
  }, [title]);
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-12 sm:justify-center sm:pb-24">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <header className="flex flex-col gap-1">
          <img alt="Pulse" className="mb-4 size-10" height={40} src="/favicon.svg" width={40} />
          <h1 className="font-semibold text-xl">{title}</h1>
          {description !== undefined && <p className="text-muted-foreground">{description}</p>}
        </header>
        {children}
        {footer !== undefined && <footer className="text-muted-foreground">{footer}</footer>}
      </div>
    </main>
  );
}
