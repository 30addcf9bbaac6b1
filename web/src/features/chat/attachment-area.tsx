import { asProblem } from '@/shared/api/problem';
import { later, useLater } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { toast } from '@/shared/ui/toast';
import { type Hindrance, seeingModel } from './attaching';
import { type Attachment, attachments } from './attachments';
import { useAttachmentNews } from './use-attaching';
import type { ModelChoice } from './use-models';

const chips = later(() => import('./attachment-list'));

interface AttachmentAreaProps {
  draft: string;
  list: readonly Attachment[];
  choice: ModelChoice;
  hindrance: Hindrance | undefined;
  /** Puts the words of a pasted text into the input. */
  onInsert: (words: string) => void;
  /** Takes the focus when the last file is gone. */
  onEmpty: () => void;
}

/** The files above an input, and why it cannot be sent with them. */
export function AttachmentArea({ draft, list, choice, hindrance, onInsert, onEmpty }: AttachmentAreaProps) {
  const parts = useLater(chips, list.length > 0);
  const news = useAttachmentNews();
  const insert = async (attachment: Attachment) => {
    try {
      const words = await attachments.textOf(attachment);
      attachments.remove(draft, attachment.key);
      onInsert(words);
    } catch (error) {
      toast({ title: i18n.t('The text is out of reach'), description: asProblem(error).message, error: true });
    }
  };
  return (
    <>
      <p className="sr-only" role="status">
        {news}
      </p>
      {list.length > 0 && parts && (
        <parts.AttachmentList draft={draft} list={list} onEmpty={onEmpty} onInsert={(item) => void insert(item)} />
      )}
      {hindrance !== undefined && <Hint choice={choice} hindrance={hindrance} />}
    </>
  );
}

function Hint({ choice, hindrance }: { choice: ModelChoice; hindrance: Hindrance }) {
  const other = hindrance === 'blind' ? seeingModel(choice.models, choice.model) : undefined;
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-2 pb-1 text-muted-foreground text-sm">
      <p>{wordsFor(hindrance, choice.model?.name ?? '')}</p>
      {other && (
        <Button className="pointer-coarse:h-11" onClick={() => choice.choose(other)} size="small">
          {i18n.t('Use {name}', { name: other.name })}
        </Button>
      )}
    </div>
  );
}

function wordsFor(hindrance: Hindrance, name: string): string {
  switch (hindrance) {
    case 'blind':
      return i18n.t('{name} does not see pictures.', { name });
    case 'failed':
      return i18n.t('Remove what could not be attached, or try it again; then it can be sent.');
    default:
      return i18n.t('It can be sent when everything is uploaded.');
  }
}
