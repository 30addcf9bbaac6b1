import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react';

interface SectionProps {
  title: string;
  description?: ReactNode | undefined;
  /** At the end of the title's line. */
  action?: ReactNode;
  /** How many things it lists. Whoever removes one keeps their place on the page. */
  count?: number;
  children?: ReactNode;
}

/** A part of the settings. */
export function Section({ title, description, action, count = 0, children }: SectionProps) {
  const id = useId();
  const section = useRef<HTMLElement>(null);
  useKeptFocus(section, count);
  return (
    <section
      aria-labelledby={id}
      className="flex flex-col gap-4 border-b py-8 outline-none first:pt-6 last:border-0"
      ref={section}
      tabIndex={-1}
    >
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

/** When the button that had the focus has gone with what it removed, the section takes it. */
function useKeptFocus(section: RefObject<HTMLElement | null>, count: number): void {
  const before = useRef(count);
  useEffect(() => {
    const fewer = count < before.current;
    before.current = count;
    if (!fewer) {
      return;
    }
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) {
        section.current?.focus({ preventScroll: true });
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [count, section]);
}
