import { Meter as BaseMeter } from '@base-ui/react/meter';
import { useId } from 'react';
import type { MeterState } from '@/shared/api/types';
import { formatNumber, formatPercent } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';

const nearlyFull = 80;

function meterName(meter: string): string {
  switch (meter) {
    case 'tokens':
      return i18n.t('Tokens');
    case 'images':
      return i18n.t('Images');
    default:
      return meter;
  }
}

/** How much of something is used, how much is set aside, and how much is left. */
export function Meter({ state }: { state: MeterState }) {
  const id = useId();
  const { limit, percent } = state;
  const name = meterName(state.meter);
  const share = (part: number) => (limit === 0 ? 100 : Math.min(100, (part / limit) * 100));
  const used = share(state.used);
  const reserved = Math.min(100 - used, share(state.reserved));
  const words = {
    used: formatNumber(state.used),
    limit: formatNumber(limit),
    remaining: formatNumber(state.remaining),
    reserved: formatNumber(state.reserved),
    percent: formatPercent(percent),
  };
  const warn = percent >= nearlyFull;
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="font-medium" id={id}>
          {name}
        </h3>
        <p className="text-muted-foreground tabular-nums">{i18n.t('{used} of {limit} ({percent})', words)}</p>
      </div>
      <BaseMeter.Root
        aria-labelledby={id}
        getAriaValueText={() =>
          state.reserved > 0
            ? i18n.t('{percent}: {used} of {limit} used, {reserved} set aside, {remaining} left', words)
            : i18n.t('{percent}: {used} of {limit} used, {remaining} left', words)
        }
        value={percent}
      >
        <BaseMeter.Track
          className="block h-2 w-full overflow-hidden rounded-full bg-muted rtl:-scale-x-100"
          render={<svg aria-hidden={true} />}
        >
          <rect className={warn ? 'fill-warning' : 'fill-primary'} height="100%" width={`${used}%`} />
          <rect
            className={warn ? 'fill-warning/40' : 'fill-primary/40'}
            height="100%"
            width={`${reserved}%`}
            x={`${used}%`}
          />
        </BaseMeter.Track>
      </BaseMeter.Root>
      <p className="flex flex-wrap gap-x-4 text-muted-foreground tabular-nums">
        <span>{i18n.t('{remaining} left', words)}</span>
        {state.reserved > 0 && <span>{i18n.t('{reserved} set aside for what is running', words)}</span>}
      </p>
    </div>
  );
}
