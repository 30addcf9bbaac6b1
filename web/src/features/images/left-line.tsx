import { useQuery } from '@tanstack/react-query';
import { usageQuery } from '@/shared/api/usage';
import { cn } from '@/shared/lib/cn';
import { imagesOf, leftWords } from './quote';
import { fitted, type Settings } from './settings';
import type { ImageModel } from './types';

const fresh = 60_000;

interface LeftLineProps {
  model: ImageModel | undefined;
  settings: Settings;
}

/** What is left of the plan for the click to take. */
export function LeftLine({ model, settings }: LeftLineProps) {
  const { data } = useQuery({ ...usageQuery, staleTime: fresh });
  const meter = imagesOf(data);
  if (!(model && meter)) {
    return null;
  }
  const short = meter.remaining < fitted(settings, model).count;
  return (
    <p
      className={cn(
        'text-balance text-end text-xs leading-4 tabular-nums',
        short ? 'text-warning' : 'text-muted-foreground',
      )}
    >
      {leftWords(meter)}
    </p>
  );
}
