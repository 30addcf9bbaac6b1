import type { ReactNode } from 'react';
import { i18n } from '@/shared/lib/text';
import type { AnswerState } from './live-answer';
import type { Message } from './types';

interface AnswerStatusLineProps {
  message: Message;
  state: AnswerState;
  /** Nothing of it is there yet. */
  waiting: boolean;
  /** It is a picture, whose place says by itself that it is waited for. */
  picture: boolean;
}

/** What there is to say of an answer beside its text. */
export function AnswerStatusLine({ message, state, waiting, picture }: AnswerStatusLineProps) {
  if (message.status !== 'processing') {
    const note =
      picture && message.status === 'cancelled' ? i18n.t('Stopped before the picture was there.') : endNote(message);
    return note === '' ? null : <p className="text-muted-foreground text-sm">{note}</p>;
  }
  if (state.stopping) {
    return <Line>{i18n.t('Stopping…')}</Line>;
  }
  if (state.line === 'reconnecting') {
    return <Line>{i18n.t('The line broke. Reconnecting; nothing is lost, the answer goes on meanwhile.')}</Line>;
  }
  return (
    <>
      {state.restarted && <Line>{i18n.t('The server was interrupted and began this answer anew.')}</Line>}
      {waiting && !picture && <Waiting />}
    </>
  );
}

function Line({ children }: { children: ReactNode }) {
  return (
    <p className="text-muted-foreground text-sm" role="status">
      {children}
    </p>
  );
}

function Waiting() {
  return (
    <p className="flex h-6 items-center gap-1">
      <span className="sr-only">{i18n.t('Waiting for the first words')}</span>
      <span aria-hidden={true} className="size-1.5 animate-pulse rounded-full bg-muted-foreground" />
      <span
        aria-hidden={true}
        className="size-1.5 animate-pulse rounded-full bg-muted-foreground [animation-delay:200ms]"
      />
      <span
        aria-hidden={true}
        className="size-1.5 animate-pulse rounded-full bg-muted-foreground [animation-delay:400ms]"
      />
    </p>
  );
}

function endNote(message: Message): string {
  if (message.status === 'cancelled') {
    return message.content === '' ? i18n.t('Stopped before the first word.') : i18n.t('Stopped. What came is kept.');
  }
  switch (message.finish_reason) {
    case 'length':
      return i18n.t(
        'The answer reached its length limit and ends here. Ask it to go on, or raise the limit in the settings.',
      );
    case 'content_filter':
      return i18n.t('The model declined to go on.');
    default:
      return '';
  }
}
