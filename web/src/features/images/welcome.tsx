import { i18n } from '@/shared/lib/text';

interface Example {
  title: string;
  prompt: string;
  presets: string[];
}

const examples = (): Example[] => [
  {
    title: i18n.t('A scene'),
    prompt: i18n.t('A lighthouse on a rocky coast at dusk, waves breaking, its beam in the mist'),
    presets: ['photo'],
  },
  {
    title: i18n.t('A thing'),
    prompt: i18n.t('A ceramic teapot in the shape of a sleeping fox, on a plain table'),
    presets: ['3d'],
  },
  {
    title: i18n.t('A poster'),
    prompt: i18n.t('A poster for a night train from Lisbon to Vienna, mountains under a full moon'),
    presets: ['poster'],
  },
  {
    title: i18n.t('A drawing'),
    prompt: i18n.t('An old bicycle leaning on a garden wall, climbing roses'),
    presets: ['watercolour'],
  },
];

interface WelcomeProps {
  onExample: (prompt: string, presets: string[]) => void;
}

/** Nothing is made yet: what this is, and first steps to click. */
export function Welcome({ onExample }: WelcomeProps) {
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-6 py-8 md:py-16">
      <div className="text-center">
        <h2 className="font-semibold text-2xl">{i18n.t('What would you like to see?')}</h2>
        <p className="mt-1 text-pretty text-muted-foreground">
          {i18n.t('Describe a picture, or bring one to change. What is made stays here until you delete it.')}
        </p>
      </div>
      <ul className="grid gap-2 sm:grid-cols-2">
        {examples().map(({ title, prompt, presets }) => (
          <li key={title}>
            <button
              className="h-full w-full cursor-pointer rounded-xl border px-4 py-3 text-start hover:bg-accent"
              onClick={() => onExample(prompt, presets)}
              type="button"
            >
              <span className="block font-medium text-sm">{title}</span>
              <span className="block text-muted-foreground text-sm">{prompt}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
