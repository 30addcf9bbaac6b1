import { Dices, Lock, LockOpen } from 'lucide-react';
import { useId } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Input } from '@/shared/ui/input';
import { mostSeed, randomSeed } from './settings';

interface SeedFieldProps {
  value: number | undefined;
  kept: boolean;
  onChange: (seed: number | undefined, kept: boolean) => void;
}

/** The number that a picture grows from: empty for another one each time, or kept, so that the same comes again. */
export function SeedField({ value, kept, onChange }: SeedFieldProps) {
  const id = useId();
  const hint = `${id}-hint`;
  const dice = i18n.t('Roll a seed');
  const lock = i18n.t('Keep the seed');
  return (
    <div className="flex flex-col gap-1.5">
      <label className="font-medium text-sm" htmlFor={id}>
        {i18n.t('Seed')}
      </label>
      <div className="flex gap-1.5">
        <Input
          aria-describedby={hint}
          className="tabular-nums"
          id={id}
          inputMode="numeric"
          onChange={({ target }) => {
            const digits = target.value.replaceAll(/\D/gu, '');
            onChange(digits === '' ? undefined : Math.min(Number(digits), mostSeed), kept && digits !== '');
          }}
          placeholder={i18n.t('Random')}
          value={value ?? ''}
        />
        <Button aria-label={dice} onClick={() => onChange(randomSeed(), kept)} size="icon" title={dice}>
          <Dices aria-hidden={true} />
        </Button>
        <Button
          aria-label={lock}
          aria-pressed={kept}
          className={kept ? 'border-primary bg-primary/10 text-primary hover:bg-primary/15' : undefined}
          onClick={() => onChange(kept ? undefined : (value ?? randomSeed()), !kept)}
          size="icon"
          title={lock}
        >
          {kept ? <Lock aria-hidden={true} /> : <LockOpen aria-hidden={true} />}
        </Button>
      </div>
      <p className="text-muted-foreground text-xs leading-5" id={hint}>
        {kept
          ? i18n.t('The same seed and words make about the same picture again.')
          : i18n.t('Empty: another one each time.')}
      </p>
    </div>
  );
}
