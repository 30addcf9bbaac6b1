import { i18n } from '@/shared/lib/text';
import type { ImageModel } from './types';

/** Says that nothing but the demo, or nothing at all, makes pictures here, and how that changes. */
export function DemoNote({ models }: { models: readonly ImageModel[] | undefined }) {
  const available = models?.filter((model) => model.available);
  if (available === undefined || available.some((model) => !model.demo)) {
    return null;
  }
  const words = { setting: 'OPENAI_API_KEY' };
  return (
    <p className="px-2 pt-2 text-center text-muted-foreground text-xs">
      {available.length === 0
        ? i18n.t('No model of this server makes pictures. One needs a key, e.g. {setting}, when Pulse starts.', words)
        : i18n.t(
            'This is the built-in demo, not a model. Real pictures need a key, e.g. {setting}, when Pulse starts.',
            words,
          )}
    </p>
  );
}
