import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Gauge, X } from 'lucide-react';
import { useState } from 'react';
import { useUser } from '@/shared/api/session';
import { usageQuery } from '@/shared/api/usage';
import { drafts } from '@/shared/lib/drafts';
import { formatDay, formatDaysUntil } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { quotaAdvice, quotaSentences, quotaState, tokensOf } from './quota';

const fresh = 60_000;

interface QuotaLineProps {
  /** What the next question takes at the very least, in tokens. */
  least: number;
}

/** Says above the input that the tokens of the period are near their end, or gone. Who knows can put “near” away. */
export function QuotaLine({ least }: QuotaLineProps) {
  const key = `${useUser().id}.quota-near`;
  const { data } = useQuery({ ...usageQuery, staleTime: fresh });
  const [known, setKnown] = useState(() => drafts.read<string>(key));
  const tokens = tokensOf(data);
  if (!(data && tokens)) {
    return null;
  }
  const state = quotaState(tokens, least);
  const { start, end } = data.period;
  if (state === 'plenty' || (state === 'near' && known === start)) {
    return null;
  }
  const when = i18n.t('They start anew on {day}, {words}.', { day: formatDay(end), words: formatDaysUntil(end) });
  return (
    <section
      aria-label={i18n.t('Tokens of your plan')}
      className="mb-2 flex items-start gap-2 rounded-xl border bg-sidebar py-2 ps-3 pe-1 text-sm"
    >
      <Gauge aria-hidden={true} className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
      <p className="min-w-0 flex-1">
        <span className="font-medium">{headline(tokens.used >= tokens.limit, state === 'gone')}</span>{' '}
        <span className="text-muted-foreground">
          {[...quotaSentences({ ...tokens, reserved: 0 }), when, quotaAdvice()].join(' ')}{' '}
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
            setKnown(start);
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

function headline(all: boolean, gone: boolean): string {
  if (all) {
    return i18n.t('The tokens of this period are used up.');
  }
  return gone
    ? i18n.t('There are too few tokens left for another question here.')
    : i18n.t('The tokens of this period are nearly used up.');
}
