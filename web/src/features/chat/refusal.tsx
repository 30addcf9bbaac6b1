import { Link } from '@tanstack/react-router';
import type { Problem } from '@/shared/api/problem';
import { formatNumber } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';

/** Why a question was not taken. Its text is back in the composer, where it can be sent again. */
export function Refusal({ problem }: { problem: Problem }) {
  const quota = quotaSentences(problem);
  return (
    <ProblemNotice className="mb-3" error={problem}>
      {quota.length > 0 && (
        <p className="text-muted-foreground">
          {quota.join(' ')}{' '}
          <Link className="text-foreground underline underline-offset-2" to="/settings">
            {i18n.t('Plan and usage')}
          </Link>
        </p>
      )}
      {Object.entries(problem.fields).map(([field, message]) => (
        <p className="text-muted-foreground" key={field}>
          {i18n.t('{field}: {message}', { field, message })}
        </p>
      ))}
    </ProblemNotice>
  );
}

/** How much there is and how much is gone; the problem's own sentence says when it begins anew. */
function quotaSentences({ document: { limit, used, reserved = 0 } }: Problem): string[] {
  if (limit === undefined || used === undefined) {
    return [];
  }
  const sentences = [
    i18n.t('{used} of {limit} tokens are used.', { used: formatNumber(used), limit: formatNumber(limit) }),
  ];
  if (reserved > 0) {
    sentences.push(i18n.t('{reserved} are held for answers that run.', { reserved: formatNumber(reserved) }));
  }
  return sentences;
}
