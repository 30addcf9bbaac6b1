import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Gauge, X } from 'lucide-react';
import { useState } from 'react';
import { useUser } from '@/shared/api/session';
import { usageQuery } from '@/shared/api/usage';
import { drafts } from '@/shared/lib/drafts';
import { formatDay, formatDaysUntil } from '@/shared/lib/format';
import { meterOf } from '@/shared/lib/quota';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { quotaAdvice, quotaSentences, quotaState } from './quota';

const fresh = 60_000;

interface QuotaLineProps {
  /** What the next question takes at the very least, in tokens. */
  least: number;
  /** It takes pictures of the plan instead. */
  pictures: boolean;
}

/** Says above the input that the tokens or pictures of the period are near their end, or gone. Who knows can put “near” away. */
export function QuotaLine({ least, pictures }: QuotaLineProps) {
  const name = pictures ? 'images' : 'tokens';
  const key = `${useUser().id}.quota-near${pictures ? '.images' : ''}`;
  const { data } = useQuery({ ...usageQuery, staleTime: fresh });
  const [put, setPut] = useState<string>(); // a key and what was known by it
  const meter = meterOf(data, name);
  if (!(data && meter)) {
    return null;
  }
  const state = quotaState(meter, least);
  const { start, end } = data.period;
  if (state === 'plenty' || (state === 'near' && (put === key + start || drafts.read<string>(key) === start))) {
    return null;
  }
  const when = i18n.t('They start anew on {day}, {words}.', { day: formatDay(end), words: formatDaysUntil(end) });
  return (
    <section
      aria-label={pictures ? i18n.t('Pictures of your plan') : i18n.t('Tokens of your plan')}
      className="mb-2 flex items-start gap-2 rounded-xl border bg-sidebar py-2 ps-3 pe-1 text-sm"
    >
      <Gauge aria-hidden={true} className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
      <p className="min-w-0 flex-1">
        <span className="font-medium">{headline(pictures, meter.used >= meter.limit, state === 'gone')}</span>{' '}
        <span className="text-muted-foreground">
          {[...quotaSentences({ ...meter, reserved: 0 }), when, quotaAdvice(name)].join(' ')}{' '}
          <Link className="text-foreground underline underline-offset-2" to="/settings">
            {i18n.t('Plan and usage')}
          </Link>
        </span>
      </p>
      {state === 'near' && (
        <Button
          aria-label={i18n.t('Do not show this again in this period')}
          className="-my-1"
          onClick={() => {
            drafts.write(key, start);
            setPut(key + start);
          }}
          size="icon-small"
          variant="ghost"
        >
          <X aria-hidden={true} />
        </Button>
      )}
    </section>
  );
}

function headline(pictures: boolean, all: boolean, gone: boolean): string {
  if (pictures) {
    return all
      ? i18n.t('The pictures of this period are used up.')
      : i18n.t('The pictures of this period are nearly used up.');
  }
  if (all) {
    return i18n.t('The tokens of this period are used up.');
  }
  return gone
    ? i18n.t('There are too few tokens left for another question here.')
    : i18n.t('The tokens of this period are nearly used up.');
}
