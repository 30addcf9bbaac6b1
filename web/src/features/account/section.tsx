import { type ReactNode, useId } from 'react';

interface SectionProps {
  title: string;
  description?: string;
  children: ReactNode;
}

/** A part of the settings. */
export function Section({ title, description, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-4 border-b py-8 first:pt-4 last:border-0">
      <div>
        <h2 className="font-semibold text-base" id={id}>
          {title}
        </h2>
        {description !== undefined && <p className="text-muted-foreground">{description}</p>}
      </div>
      {children}
    </section>
  );
}
