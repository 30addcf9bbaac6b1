import { i18n } from '@/shared/lib/text';
import type { Model } from './types';

/** A setting's name is the same in every language. */
const setting = 'OPENAI_API_KEY';

/** Says that nothing but the demo answers here, and how that changes. */
export function DemoNote({ models }: { models: Model[] | undefined }) {
  const available = models?.filter((model) => model.available);
  if (!available?.length || available.some((model) => !model.demo)) {
    return null;
  }
  return (
    <p className="mb-2 px-1 text-center text-muted-foreground text-xs">
      {i18n.t('This is the built-in demo, not a model. For real answers start Pulse with a key, e.g.')}{' '}
      <code className="font-mono">{setting}</code>
    </p>
  );
}
