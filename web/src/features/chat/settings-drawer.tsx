import { X } from 'lucide-react';
import { formatNumber } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Drawer } from '@/shared/ui/drawer-parts';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { Select } from '@/shared/ui/select';
import { Slider } from '@/shared/ui/slider';
import { Textarea } from '@/shared/ui/textarea';
import { isChanged, makesPictures, takesTemperature } from './model-settings';
import type { SettingsPanelProps } from './settings-panel';
import type { ChatSettings, Model } from './types';

interface SettingsDrawerProps extends SettingsPanelProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
}

/** The settings themselves. Loaded when they are first opened. */
export function SettingsDrawer({ model, settings, onChange, open, onOpenChange, title }: SettingsDrawerProps) {
  return (
    <Drawer onOpenChange={onOpenChange} open={open} side="end" title={title}>
      <div className="flex flex-col gap-6 p-4">
        <div className="flex items-center justify-between">
          <p aria-hidden={true} className="font-semibold text-base">
            {i18n.t('Settings')}
          </p>
          <Button aria-label={i18n.t('Close')} onClick={() => onOpenChange(false)} size="icon-small" variant="ghost">
            <X aria-hidden={true} />
          </Button>
        </div>
        {makesPictures(model) && (
          <p className="text-muted-foreground text-sm">
            {i18n.t(
              '{name} makes a picture of what you write. The settings of a conversation are for models that write, and are kept for them.',
              { name: model?.name ?? '' },
            )}
          </p>
        )}
        {model && !makesPictures(model) && <Fields model={model} onChange={onChange} settings={settings} />}
        {!makesPictures(model) && (
          <Button
            className="self-start"
            disabled={!isChanged(settings)}
            onClick={() => onChange(cleared(settings))}
            size="small"
          >
            {i18n.t('Reset')}
          </Button>
        )}
      </div>
    </Drawer>
  );
}

/** An empty system prompt takes the conversation's away; leaving it out would keep it. */
function cleared(settings: ChatSettings): ChatSettings | undefined {
  return settings.system_prompt === undefined ? {} : { system_prompt: '' };
}

function Fields({ model, settings, onChange }: SettingsPanelProps & { model: Model }) {
  /** Undefined leaves a setting to the model. */
  const set = <K extends keyof ChatSettings>(name: K, value: ChatSettings[K]) => {
    const { [name]: _, ...rest } = settings;
    onChange(value === undefined ? rest : { ...rest, [name]: value });
  };
  return (
    <>
      <Field hint={i18n.t('What the model is told before everything else.')} label={i18n.t('System prompt')}>
        <Textarea
          aria-label={i18n.t('System prompt')}
          className="max-h-64"
          dir="auto"
          maxLength={100_000}
          onChange={(event) => set('system_prompt', event.target.value)}
          placeholder={i18n.t('You are a patient teacher…')}
          value={settings.system_prompt ?? ''}
        />
      </Field>
      {takesTemperature(model) && (
        <Temperature onChange={(value) => set('temperature', value)} value={settings.temperature} />
      )}
      <MaxTokens model={model} onChange={(value) => set('max_tokens', value)} value={settings.max_tokens} />
      {model.reasoning_efforts.length > 0 && (
        <Field hint={i18n.t('More thinking takes longer and costs more.')} label={i18n.t('Thinking')}>
          <Select
            label={i18n.t('Thinking')}
            onChange={(value) => set('reasoning_effort', value === '' ? undefined : value)}
            options={[
              { value: '', label: i18n.t('As the model likes') },
              ...model.reasoning_efforts.map((effort) => ({ value: effort, label: effort })),
            ]}
            value={settings.reasoning_effort ?? ''}
          />
        </Field>
      )}
    </>
  );
}

const mostTemperature = 2;
const usualTemperature = 1;

function Temperature({
  value,
  onChange,
}: {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}) {
  return (
    <Field
      hint={i18n.t('Low is steady, high is inventive.')}
      label={
        <span className="flex justify-between">
          {i18n.t('Temperature')}
          <span className="font-normal text-muted-foreground tabular-nums">
            {value ?? i18n.t('As the model likes')}
          </span>
        </span>
      }
    >
      <Slider
        label={i18n.t('Temperature')}
        max={mostTemperature}
        min={0}
        onChange={onChange}
        step={0.1}
        value={value ?? usualTemperature}
      />
    </Field>
  );
}

interface MaxTokensProps {
  model: Model;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

function MaxTokens({ model, value, onChange }: MaxTokensProps) {
  const most = model.max_output_tokens;
  return (
    <Field
      hint={
        most > 0
          ? i18n.t('Thinking included. This model writes at most {most}.', { most: formatNumber(most) })
          : i18n.t('Thinking included.')
      }
      label={i18n.t('Longest answer, in tokens')}
    >
      <Input
        inputMode="numeric"
        onChange={(event) => {
          const tokens = Number.parseInt(event.target.value.replaceAll(/\D/gu, ''), 10);
          onChange(tokens > 0 ? tokens : undefined);
        }}
        placeholder={i18n.t('As the model likes')}
        value={value ?? ''}
      />
    </Field>
  );
}
