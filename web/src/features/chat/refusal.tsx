import type { Problem } from '@/shared/api/problem';
import { formatDay, formatNumber } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';

/** Why a question was not taken. Its text is back in the composer, where it can be sent again. */
export function Refusal({ problem }: { problem: Problem }) {
  const quota = quotaSentences(problem);
  return (
    <ProblemNotice className="mb-3" error={problem}>
      {quota.length > 0 && <p className="text-muted-foreground">{quota.join(' ')}</p>}
      {Object.entries(problem.fields).map(([field, message]) => (
        <p className="text-muted-foreground" key={field}>
          {i18n.t('{field}: {message}', { field, message })}
        </p>
      ))}
    </ProblemNotice>
  );
}

/** How much there is, how much is gone, and when it begins anew. */
function quotaSentences({ document: { limit, used, reserved = 0, resets_at: resetsAt } }: Problem): string[] {
  if (limit === undefined || used === undefined) {
    return [];
  }
  const sentences = [
    i18n.t('{used} of {limit} tokens are used.', { used: formatNumber(used), limit: formatNumber(limit) }),
  ];
  if (reserved > 0) {
    sentences.push(i18n.t('{reserved} are held for answers that run.', { reserved: formatNumber(reserved) }));
  }
  if (resetsAt !== undefined) {
    sentences.push(i18n.t('The count starts anew on {day}.', { day: formatDay(resetsAt) }));
  }
  return sentences;
}
