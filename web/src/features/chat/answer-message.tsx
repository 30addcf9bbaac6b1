import { memo } from 'react';
import { i18n } from '@/shared/lib/text';
import { Markdown } from '@/shared/markdown/markdown';
import { AnswerActions } from './answer-actions';
import { AnswerFailure } from './answer-failure';
import { AnswerPicture } from './answer-picture';
import { AnswerStatusLine } from './answer-status-line';
import { makesPictures } from './model-settings';
import { Reasoning } from './reasoning';
import type { Turn } from './tree';
import type { AttachedFile, Message, Model } from './types';
import { useAnswerState } from './use-answers';

interface AnswerMessageProps {
  turn: Turn;
  /** The model that wrote it; undefined when this server does not list it any more. */
  model: Model | undefined;
  last: boolean;
  onAgain: (message: Message, modelId?: string) => void;
  onBranch: (messageId: string) => void;
  /** Puts a question in other words; undefined while an answer is being written. */
  onEdit: ((messageId: string) => void) | undefined;
  /** Asks for a change of a picture. */
  onChange: (files: readonly AttachedFile[], model: Model) => void;
}

const none: readonly AttachedFile[] = [];

/** One answer, the same parts from its first word on. */
export const AnswerMessage = memo(({ turn, model, last, onAgain, onBranch, onEdit, onChange }: AnswerMessageProps) => {
  const { message } = turn;
  const state = useAnswerState(message.id);
  const writing = message.status === 'processing';
  const text = writing ? state.text : message.content;
  const reasoning = writing ? state.reasoning : message.reasoning;
  const files = (writing ? state.files : message.files) ?? none;
  const picture = files.length > 0 || makesPictures(model);
  const name = model?.name ?? message.model;
  return (
    <article
      aria-busy={writing}
      aria-label={i18n.t('Answer from {name}', { name })}
      className="group flex min-w-0 flex-col gap-3"
      id={`m-${message.id}`}
    >
      {reasoning !== '' && <Reasoning text={reasoning} thinking={writing && text === ''} />}
      {text !== '' && <Markdown>{text}</Markdown>}
      {picture && (
        <AnswerPicture
          cost={message.usage?.cost_usd}
          files={files}
          model={model}
          onChange={onChange}
          since={message.created_at}
          wanted={writing}
        />
      )}
      <AnswerStatusLine message={message} picture={picture} state={state} waiting={text === '' && reasoning === ''} />
      {message.status === 'failed' && (
        <AnswerFailure
          message={message}
          onAgain={() => onAgain(message)}
          onReword={onEdit && (() => onEdit(message.parent_id))}
        />
      )}
      {!writing && <AnswerActions last={last} model={model} onAgain={onAgain} onBranch={onBranch} turn={turn} />}
    </article>
  );
});
