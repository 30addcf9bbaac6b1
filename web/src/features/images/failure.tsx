import { PenLine, RotateCw } from 'lucide-react';
import { problemFrom } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { useTicking } from './clock';
import { Asked, type PictureDoing } from './picture-actions';
import type { ImageJob } from './types';
import { isBlocked, waitOf } from './ways-on';

interface FailureProps {
  job: ImageJob;
  doing: PictureDoing;
  onAgain: () => void;
}

/** Why nothing of it was made, and the ways on. */
export function Failure({ job, doing, onAgain }: FailureProps) {
  const problem = problemFrom(job.error, { status: 0 });
  return (
    <ProblemNotice error={problem}>
      <WaysOn
        blocked={isBlocked(problem.kind)}
        count={job.input.count ?? 1}
        doing={doing}
        job={job}
        onAgain={onAgain}
      />
    </ProblemNotice>
  );
}

interface WaysOnProps extends FailureProps {
  /** The same words would be declined again. */
  blocked: boolean;
  /** How many images trying again makes. */
  count: number;
}

/** What helps stands first: other words where these were declined, else the same once more, when its time has come. */
export function WaysOn({ job, doing, onAgain, blocked, count }: WaysOnProps) {
  const left = waitOf(job, Date.now());
  useTicking(left > 0);
  const words = (
    <Button className="pointer-coarse:h-11" key="words" onClick={() => doing.onReuse(job)} size="small">
      <PenLine aria-hidden={true} />
      {i18n.t('Change the words')}
    </Button>
  );
  const again = (
    <Button
      className="h-auto min-h-8 max-w-full flex-wrap gap-y-0 whitespace-normal py-1 pointer-coarse:min-h-11"
      disabled={left > 0}
      focusableWhenDisabled={true}
      key="again"
      onClick={onAgain}
      size="small"
      variant={blocked ? 'ghost' : 'secondary'}
    >
      <RotateCw aria-hidden={true} />
      {left > 0 ? i18n.t('Try again in {left} s', { left }) : i18n.t('Try again')}
      <Asked words={doing.asks(job, count)} />
    </Button>
  );
  return blocked ? [words, again] : [again, words];
}
