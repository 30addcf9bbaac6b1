import { answer, api } from '@/shared/api/client';
import { asProblem } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { answers } from './answers';
import type { LiveAnswer } from './live-answer';

const conflict = 409;

/** Stops an answer: on the screen at once, upstream within a second. What came is kept. */
export async function stop(messageId: string): Promise<void> {
  const live = answers.of(messageId);
  if (!live || live.snapshot().stopping) {
    return;
  }
  live.setStopping(true);
  if (live.jobId !== undefined) {
    await cancelJob(live, live.jobId);
  }
  // A question that does not get through is taken back; one that is just being
  // taken is stopped when it has been.
  else if (live.snapshot().line === 'reconnecting') {
    live.close();
  }
}

export async function cancelJob(live: LiveAnswer, jobId: string): Promise<void> {
  try {
    await answer(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id: jobId } } }));
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === conflict) {
      return; // it has just ended
    }
    live.setStopping(false);
    toast({ title: i18n.t('The answer could not be stopped'), description: problem.message, error: true });
  }
}
