import { i18n } from '@/shared/lib/text';

const examples = () => [
  {
    title: i18n.t('Explain a thing'),
    text: i18n.t('Explain how HTTPS keeps a page private, step by step, for a curious beginner.'),
  },
  {
    title: i18n.t('Compare in a table'),
    text: i18n.t('Compare SQLite and PostgreSQL for a small web application, in a table.'),
  },
  {
    title: i18n.t('Write code'),
    text: i18n.t('Write a Go function that reads a large CSV file line by line, with a test.'),
  },
  {
    title: i18n.t('Work with formulas'),
    text: i18n.t('Show how the quadratic formula follows from completing the square.'),
  },
];

const ofPictures = () => [
  {
    title: i18n.t('Paint a place'),
    text: i18n.t('A quiet harbour at dawn in watercolour, with fog over the water.'),
  },
  {
    title: i18n.t('Draw a plan'),
    text: i18n.t('A clean line drawing of a bicycle, its parts side by side, on white.'),
  },
];

interface WelcomeProps {
  /** The model that is chosen answers with pictures. */
  pictures: boolean;
  onExample: (text: string) => void;
}

/** A new conversation: what this is, and first steps to click. */
export function Welcome({ pictures, onExample }: WelcomeProps) {
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-1 flex-col justify-center gap-6 px-4 py-6">
      <h2 className="text-center font-semibold text-2xl">
        {pictures ? i18n.t('What would you like to see?') : i18n.t('What would you like to know?')}
      </h2>
      <ul className="grid gap-2 sm:grid-cols-2">
        {(pictures ? ofPictures() : examples()).map(({ title, text }) => (
          <li key={title}>
            <button
              className="h-full w-full cursor-pointer rounded-xl border px-4 py-3 text-start hover:bg-accent"
              onClick={() => onExample(text)}
              type="button"
            >
              <span className="block font-medium text-sm">{title}</span>
              <span className="block text-muted-foreground text-sm">{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
