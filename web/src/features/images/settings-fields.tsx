import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Field } from '@/shared/ui/field';
import { Slider } from '@/shared/ui/slider';
import { Textarea } from '@/shared/ui/textarea';
import { Choices } from './choices';
import { SeedField } from './seed-field';
import { fitted, type Settings, takes, usual } from './settings';
import { SizeChoice } from './size-choice';
import type { ImageModel } from './types';

interface SettingsFieldsProps {
  model: ImageModel;
  settings: Settings;
  onChange: (settings: Settings) => void;
}

/** All that the chosen model can be told beside the prompt, and nothing else. */
export function SettingsFields({ model, settings, onChange }: SettingsFieldsProps) {
  const fit = fitted(settings, model);
  const set = (part: Partial<Settings>) => onChange({ ...settings, ...part });
  const counts = Array.from({ length: model.max_count }, (_, at) => String(at + 1));
  return (
    <div className="flex flex-col gap-5">
      <SizeChoice onChange={(size) => set({ size })} sizes={model.sizes} value={fit.size} />
      {model.max_count > 1 && (
        <Choices
          label={i18n.t('Images')}
          onChange={(count) => set({ count: Number(count) })}
          options={counts.map((value) => ({ value, label: value }))}
          value={String(fit.count)}
        />
      )}
      {model.qualities.length > 1 && (
        <Choices
          label={i18n.t('Quality')}
          onChange={(quality) => set({ quality })}
          options={inOrder(model.qualities).map((value) => ({ value, label: qualityName(value) }))}
          value={fit.quality}
        />
      )}
      {takes(model, 'negative_prompt') && (
        <Field
          hint={
            model.written_into_prompt.includes('negative_prompt')
              ? i18n.t('{name} has no field for this: it is written into the prompt.', { name: model.name })
              : undefined
          }
          label={i18n.t('Negative prompt')}
        >
          <Textarea
            aria-label={i18n.t('Negative prompt')}
            className="max-h-40 min-h-16"
            dir="auto"
            maxLength={model.max_prompt_characters}
            onChange={({ target }) => set({ negative: target.value })}
            placeholder={i18n.t('What to leave out: text, people, blur…')}
            value={settings.negative}
          />
        </Field>
      )}
      {takes(model, 'guidance_scale') && (
        <Guidance onChange={(guidance) => set({ guidance })} value={settings.guidance} />
      )}
      {takes(model, 'seed') && (
        <SeedField
          kept={settings.seedKept ?? false}
          onChange={(seed, seedKept) => set({ seed, seedKept })}
          value={settings.seed}
        />
      )}
      <Button
        className="self-start"
        onClick={() => onChange({ ...usual, model: settings.model, presets: settings.presets })}
        size="small"
      >
        {i18n.t('Reset')}
      </Button>
    </div>
  );
}

const leastGuidance = 1;
const mostGuidance = 20;
const usualGuidance = 7;

interface GuidanceProps {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

function Guidance({ value, onChange }: GuidanceProps) {
  return (
    <Field
      hint={i18n.t('Low leaves the model free, high keeps it to the words.')}
      label={
        <span className="flex justify-between">
          {i18n.t('Guidance')}
          <span className="font-normal text-muted-foreground tabular-nums">
            {value ?? i18n.t('As the model likes')}
          </span>
        </span>
      }
    >
      <Slider
        label={i18n.t('Guidance')}
        max={mostGuidance}
        min={leastGuidance}
        onChange={onChange}
        step={0.5}
        value={value ?? usualGuidance}
      />
    </Field>
  );
}

const known = ['low', 'medium', 'high'];

/** As people count them; the model's first is the usual one wherever it stands. */
function inOrder(qualities: readonly string[]): string[] {
  const place = (id: string) => (known.includes(id) ? known.indexOf(id) : known.length);
  return qualities.toSorted((a, b) => place(a) - place(b));
}

export function qualityName(id: string): string {
  const names: Record<string, string> = { low: i18n.t('Low'), medium: i18n.t('Medium'), high: i18n.t('High') };
  return names[id] ?? id;
}
