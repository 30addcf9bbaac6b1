import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '@/shared/api/usage';
import { cn } from '@/shared/lib/cn';
import { imagesOf, leftWords, priceWords } from './quote';
import { fitted, type Settings } from './settings';
import type { ImageModel } from './types';

const fresh = 60_000;

interface QuoteLineProps {
  model: ImageModel | undefined;
  settings: Settings;
}

/** What the click costs, in money and of the plan. */
export function QuoteLine({ model, settings }: QuoteLineProps) {
  const { data } = useQuery({ ...usageQuery, staleTime: fresh });
  const meter = imagesOf(data);
  if (!model) {
    return null;
  }
  const fit = fitted(settings, model);
  const short = meter !== undefined && meter.remaining < fit.count;
  const words = [priceWords(model, fit), meter && leftWords(meter)].filter(Boolean);
  return (
    <p
      className={cn(
        'text-balance text-end text-xs leading-4 tabular-nums',
        short ? 'text-warning' : 'text-muted-foreground',
      )}
    >
      {words.join(' · ')}
    </p>
  );
}
