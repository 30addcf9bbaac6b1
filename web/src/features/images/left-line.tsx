import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '@/shared/api/usage';
import { cn } from '@/shared/lib/cn';
import { leftWords, meterOf } from '@/shared/lib/quota';
import { priceWords } from './quote';
import { fitted, type Settings } from './settings';
import type { ImageModel } from './types';

const fresh = 60_000;

interface LeftLineProps {
  model: ImageModel | undefined;
  settings: Settings;
}

/** What is left of the plan for the click to take; on a phone, where the button has no room for it, with the price. */
export function LeftLine({ model, settings }: LeftLineProps) {
  const { data } = useQuery({ ...usageQuery, staleTime: fresh });
  const meter = meterOf(data, 'images');
  if (!(model && meter)) {
    return null;
  }
  const fit = fitted(settings, model);
  const price = priceWords(model, fit);
  const short = meter.remaining < fit.count;
  return (
    <p className={cn('text-end text-xs leading-4 tabular-nums', short ? 'text-warning' : 'text-muted-foreground')}>
      {price !== undefined && <bdi className="block sm:hidden">{price}</bdi>}
      <bdi>{leftWords(meter)}</bdi>
    </p>
  );
}
