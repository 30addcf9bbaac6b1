import type { ReactNode } from 'react';

/** A list with a frame around it. */
export function Rows({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="rounded-lg border">
      {children}
    </ul>
  );
}

interface RowProps {
  icon: ReactNode;
  title: ReactNode;
  /** The small print; each part stays in one piece. */
  facts: readonly ReactNode[];
  action?: ReactNode;
}

/** A thing, what is known of it, and what can be done with it. */
export function Row({ icon, title, facts, action }: RowProps) {
  return (
    <li className="flex items-center gap-3 border-b py-3 ps-4 pe-3 last:border-0">
      <span aria-hidden={true} className="hidden text-muted-foreground sm:block [&_svg]:size-5">
        {icon}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">{title}</div>
        <p className="flex flex-wrap gap-x-3 text-muted-foreground text-xs tabular-nums leading-5">
          {facts.map((fact, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: their places are what they are
            <span className="wrap-anywhere" key={at}>
              {fact}
            </span>
          ))}
        </p>
      </div>
      {action}
    </li>
  );
}
