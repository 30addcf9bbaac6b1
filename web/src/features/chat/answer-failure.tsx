import { useEffect, useState } from 'react';
import { problemFrom } from '@/shared/api/problem';
import { formatDuration } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import type { Message } from './types';
import { isDeclined, waitOf } from './ways-on';

interface AnswerFailureProps {
  message: Message;
  onAgain: () => void;
  /** Puts the question in other words; undefined while an answer is being written. */
  onReword: (() => void) | undefined;
}

/** Why there is no answer, and what helps: other words where these were declined, else the same again when its time has come. */
export function AnswerFailure({ message, onAgain, onReword }: AnswerFailureProps) {
  const problem = problemFrom(message.error, { status: 0 });
  const declined = isDeclined(problem);
  const [now, setNow] = useState(Date.now);
  const left = waitOf(problem, message, now);
  const waits = left > 0;
  useEffect(() => {
    const timer = waits ? setInterval(() => setNow(Date.now()), second) : undefined;
    return () => clearInterval(timer);
  }, [waits]);
  return (
    <ProblemNotice error={problem}>
      {declined && onReword && (
        <Button onClick={onReword} size="small">
          {i18n.t('Change the words')}
        </Button>
      )}
      <Button
        disabled={waits}
        focusableWhenDisabled={true}
        onClick={onAgain}
        size="small"
        {...(declined && { variant: 'ghost' })}
      >
        {waits ? i18n.t('Try again in {time}', { time: formatDuration(left) }) : i18n.t('Try again')}
      </Button>
    </ProblemNotice>
  );
}

const second = 1000;
