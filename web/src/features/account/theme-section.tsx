import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { Monitor, Moon, Sun } from 'lucide-react';
import { i18n } from '@/shared/lib/text';
import { setTheme, type Theme, useTheme } from '@/shared/lib/theme';
import { Section } from './section';

const icons = { system: Monitor, light: Sun, dark: Moon };

export function ThemeSection() {
  const theme = useTheme();
  const choices: { value: Theme; label: string }[] = [
    { value: 'system', label: i18n.t('As the system') },
    { value: 'light', label: i18n.t('Light') },
    { value: 'dark', label: i18n.t('Dark') },
  ];
  return (
    <Section title={i18n.t('Theme')}>
      <RadioGroup
        aria-label={i18n.t('Theme')}
        className="grid max-w-md grid-cols-3 gap-2"
        onValueChange={(value) => setTheme(value as Theme)}
        value={theme}
      >
        {choices.map(({ value, label }) => {
          const Icon = icons[value];
          return (
            <Radio.Root
              aria-label={label}
              className="flex cursor-pointer flex-col items-center gap-2 rounded-lg border p-3 text-muted-foreground hover:bg-accent data-checked:border-primary data-checked:text-foreground"
              key={value}
              value={value}
            >
              <Icon aria-hidden={true} className="size-5" />
              <span className="text-center text-sm">{label}</span>
            </Radio.Root>
          );
        })}
      </RadioGroup>
    </Section>
  );
}
