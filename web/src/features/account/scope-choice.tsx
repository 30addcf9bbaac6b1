import { useId } from 'react';
import { i18n } from '@/shared/lib/text';
import { scopeTexts } from './scopes';
import type { Scope } from './types';

interface ScopeChoiceProps {
  chosen: readonly Scope[];
  error: string | undefined;
  onChange: (chosen: Scope[]) => void;
}

export function ScopeChoice({ chosen, error, onChange }: ScopeChoiceProps) {
  const id = useId();
  return (
    <fieldset aria-describedby={error === undefined ? undefined : `${id}-error`} className="flex flex-col gap-1.5">
      <legend className="mb-1.5 font-medium">{i18n.t('What it may do')}</legend>
      <div className="rounded-lg border">
        {scopeTexts().map(({ scope, name, means }) => (
          <label
            className="flex cursor-pointer items-start gap-3 border-b px-3 py-2.5 last:border-0 hover:bg-accent/50"
            htmlFor={`${id}-${scope}`}
            key={scope}
          >
            <input
              aria-describedby={`${id}-${scope}-means`}
              aria-label={name}
              checked={chosen.includes(scope)}
              className="mt-1 size-4 shrink-0 accent-primary"
              id={`${id}-${scope}`}
              onChange={({ target }) =>
                onChange(target.checked ? [...chosen, scope] : chosen.filter((other) => other !== scope))
              }
              type="checkbox"
            />
            <span className="flex min-w-0 flex-col">
              <span className="font-medium">{name}</span>
              <span className="text-muted-foreground leading-5" id={`${id}-${scope}-means`}>
                {means}
              </span>
            </span>
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p className="text-destructive" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
