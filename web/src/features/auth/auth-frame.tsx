import { type ReactNode, useEffect, useId, useRef } from 'react';

interface AuthFrameProps {
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** The page has come to an end that its title tells: it is read out, and the keyboard goes on from there. */
  outcome?: boolean;
}

/** The quiet page around everything that is done before one is signed in. */
export function AuthFrame({ title, description, children, footer, outcome = false }: AuthFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const described = useId();
  useEffect(() => {
    document.title = `${title} · Pulse`;
    if (outcome) {
      heading.current?.focus();
    }
  }, [title, outcome]);
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-12 sm:justify-center sm:pb-24">
      <div className="flex w-full max-w-sm flex-col gap-6">
        <header className="flex flex-col gap-1">
          <img alt="Pulse" className="mb-4 size-10" height={40} src="/favicon.svg" width={40} />
          <h1
            aria-describedby={description === undefined ? undefined : described}
            className="font-semibold text-xl outline-none"
            ref={heading}
            tabIndex={-1}
          >
            {title}
          </h1>
          {description !== undefined && (
            <p className="wrap-anywhere text-pretty text-muted-foreground" id={described}>
              {description}
            </p>
          )}
        </header>
        {children}
        {footer !== undefined && <footer className="flex flex-col gap-1 text-muted-foreground">{footer}</footer>}
      </div>
    </main>
  );
}
