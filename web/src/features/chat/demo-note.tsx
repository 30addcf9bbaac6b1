import { i18n } from '@/shared/lib/text';
import type { Model } from './types';

/** Says that nothing but the demo answers here, and how that changes. */
export function DemoNote({ models }: { models: Model[] | undefined }) {
  const available = models?.filter((model) => model.available);
  if (!available?.length || available.some((model) => !model.demo)) {
    return null;
  }
  return (
    <p className="-mb-1.5 pt-2 text-center text-muted-foreground text-xs">
      {i18n.t('This is the built-in demo, not a model. Real answers need a key, e.g. {setting}, when Pulse starts.', {
        setting: 'OPENAI_API_KEY',
      })}
    </p>
  );
}
