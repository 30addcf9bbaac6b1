import { type ReactNode, useId } from 'react';

interface SectionProps {
  title: string;
  description?: ReactNode | undefined;
  /** At the end of the title's line. */
  action?: ReactNode;
  children?: ReactNode;
}

/** A part of the settings. */
export function Section({ title, description, action, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4 border-b py-8 first:pt-6 last:border-0">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-64">
          <h2 className="font-semibold text-base" id={id}>
            {title}
          </h2>
          {description !== undefined && <p className="text-muted-foreground">{description}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
