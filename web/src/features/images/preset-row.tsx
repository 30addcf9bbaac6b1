import { Plus, X } from 'lucide-react';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { presetName, presets, wordsOf } from './presets';

interface PresetRowProps {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Styles to add to the prompt with one click, and to take out with another. */
export function PresetRow({ chosen, onChange }: PresetRowProps) {
  return (
    <fieldset
      aria-label={i18n.t('Styles')}
      className="flex min-w-0 gap-1.5 overflow-x-auto px-2 py-1 [scrollbar-width:none]"
    >
      {presets.map(({ id, words }) => {
        const on = chosen.includes(id);
        const Icon = on ? X : Plus;
        return (
          <button
            aria-pressed={on}
            className={cn(
              'flex h-7 shrink-0 cursor-pointer items-center gap-1 rounded-lg border px-2 text-xs pointer-coarse:px-3 pointer-coarse:text-sm',
              on ? 'border-primary bg-primary/10 font-medium text-primary' : 'text-muted-foreground hover:bg-accent',
            )}
            key={id}
            onClick={() => onChange(on ? chosen.filter((each) => each !== id) : [...chosen, id])}
            title={words}
            type="button"
          >
            <Icon aria-hidden={true} className="size-3" />
            {presetName(id)}
          </button>
        );
      })}
    </fieldset>
  );
}

/** What the chosen styles add to the prompt, in the model's own words. */
export function PresetWords({ chosen }: Pick<PresetRowProps, 'chosen'>) {
  const words = wordsOf(chosen);
  return (
    words !== '' && (
      <p className="px-2 pb-1 text-muted-foreground text-sm leading-5">
        <span className="sr-only">{i18n.t('Added to the prompt:')} </span>
        <Plus aria-hidden={true} className="me-1 inline size-3.5" />
        <span lang="en">{words}</span>
      </p>
    )
  );
}
