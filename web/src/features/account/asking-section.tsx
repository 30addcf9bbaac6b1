import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { whenRunning } from '@/shared/lib/asking';
import { useChoice } from '@/shared/lib/choice';
import { i18n } from '@/shared/lib/text';
import { Section } from './section';

type WhenRunning = ReturnType<typeof whenRunning.read>;

export function AskingSection() {
  const chosen = useChoice(whenRunning);
  const title = i18n.t('A question during an answer');
  const choices: { value: WhenRunning; label: string; means: string }[] = [
    { value: 'wait', label: i18n.t('Waits'), means: i18n.t('It is asked when the answer is complete.') },
    { value: 'interrupt', label: i18n.t('Interrupts'), means: i18n.t('The answer stops; what came of it is kept.') },
  ];
  return (
    <Section
      description={i18n.t('What happens to a question that you send while an answer is being written.')}
      title={title}
    >
      <RadioGroup
        aria-label={title}
        className="grid max-w-md gap-2 sm:grid-cols-2"
        onValueChange={(value) => whenRunning.choose(value as WhenRunning)}
        value={chosen}
      >
        {choices.map(({ value, label, means }) => (
          <Radio.Root
            aria-label={label}
            className="flex cursor-pointer flex-col gap-0.5 rounded-lg border px-4 py-3 text-start hover:bg-accent data-checked:border-primary"
            key={value}
            value={value}
          >
            <span className="font-medium text-sm">{label}</span>
            <span className="text-muted-foreground text-sm">{means}</span>
          </Radio.Root>
        ))}
      </RadioGroup>
    </Section>
  );
}
