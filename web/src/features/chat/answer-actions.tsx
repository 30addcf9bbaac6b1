import { useQuery } from '@tanstack/react-query';
import { ChevronDown, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { modelsQuery } from '@/shared/api/models';
import { cn } from '@/shared/lib/cn';
import { formatNumber, formatUsdShort } from '@/shared/lib/format';
import { later, useLater } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Badge } from '@/shared/ui/badge';
import { Button } from '@/shared/ui/button';
import { Combobox } from '@/shared/ui/combobox';
import { CopyButton } from '@/shared/ui/copy-button';
import { Tooltip } from '@/shared/ui/tooltip';
import { BranchSwitch } from './branch-switch';
import { ModelItem, modelGroups } from './model-picker';
import type { Turn } from './tree';
import type { Message, Model } from './types';

const dialog = later(() => import('./receipt-dialog'));

interface AnswerActionsProps {
  turn: Turn;
  model: Model | undefined;
  last: boolean;
  /** Asks again: the model that is chosen in the conversation, or another one. */
  onAgain: (message: Message, modelId?: string) => void;
  onBranch: (messageId: string) => void;
}

/** What can be done with an answer, and what it cost. */
export function AnswerActions({ turn, model, last, onAgain, onBranch }: AnswerActionsProps) {
  const { message } = turn;
  const { usage } = message;
  const [receipt, setReceipt] = useState(false);
  const parts = useLater(dialog, receipt);
  const againLabel = i18n.t('Answer again');
  return (
    <div
      className={cn(
        '-ms-2 flex flex-wrap items-center gap-x-1 text-muted-foreground',
        !last &&
          'opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100',
      )}
    >
      <BranchSwitch onBranch={onBranch} turn={turn} />
      {message.content !== '' && <CopyButton label={i18n.t('Copy answer')} text={() => message.content} />}
      {message.status !== 'failed' && (
        <>
          <Tooltip label={againLabel}>
            <Button aria-label={againLabel} onClick={() => onAgain(message)} size="icon-small" variant="ghost">
              <RefreshCw aria-hidden={true} />
            </Button>
          </Tooltip>
          <AgainWith model={model} onChoose={({ id }) => onAgain(message, id)} />
        </>
      )}
      <Button
        aria-label={i18n.t('Details of this answer')}
        className="gap-2 px-2 font-normal text-xs"
        onClick={() => setReceipt(true)}
        size="small"
        variant="ghost"
      >
        {model?.demo ? <Badge>{i18n.t('Demo')}</Badge> : <span>{model?.name ?? message.model}</span>}
        {usage && usage.total_tokens > 0 && (
          <span className="tabular-nums">
            {message.files?.length
              ? formatUsdShort(usage.cost_usd)
              : i18n.t('{tokens} tokens · {cost}', {
                  tokens: formatNumber(usage.total_tokens),
                  cost: formatUsdShort(usage.cost_usd),
                })}
          </span>
        )}
      </Button>
      {parts && <parts.ReceiptDialog message={message} model={model} onOpenChange={setReceipt} />}
    </div>
  );
}

/** The models that can give another answer, with what they cost. */
function AgainWith({ model, onChoose }: { model: Model | undefined; onChoose: (model: Model) => void }) {
  const { data } = useQuery(modelsQuery);
  if (!data) {
    return null;
  }
  return (
    <Combobox
      empty={i18n.t('No such model')}
      groups={modelGroups(data.items)}
      itemDisabled={({ available }) => !available}
      itemKey={({ id }) => id}
      itemLabel={(item) => `${item.name} ${item.provider_name}`}
      onChange={onChoose}
      renderItem={(item) => <ModelItem model={item} />}
      searchLabel={i18n.t('Search models')}
      trigger={
        <Button
          aria-label={i18n.t('Answer again with another model')}
          className="-ms-1 w-6 pointer-coarse:w-11"
          size="icon-small"
          variant="ghost"
        >
          <ChevronDown aria-hidden={true} />
        </Button>
      }
      value={model ?? null}
    />
  );
}
