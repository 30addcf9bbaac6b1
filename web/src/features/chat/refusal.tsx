import type { Problem } from '@/shared/api/problem';
import { formatDay, formatNumber } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';

/** Why a question was not taken. Its text is back in the composer, where it can be sent again. */
export function Refusal({ problem }: { problem: Problem }) {
  const { limit, used, reserved, resets_at: resetsAt } = problem.document;
  return (
    <ProblemNotice className="mb-3" error={problem}>
      {limit !== undefined && used !== undefined && (
        <p className="text-muted-foreground">
          {i18n.t('{used} of {limit} tokens are used', { used: formatNumber(used), limit: formatNumber(limit) })}
          {reserved !== undefined &&
            reserved > 0 &&
            i18n.t(', {reserved} are held for answers that run', { reserved: formatNumber(reserved) })}
          {resetsAt !== undefined && i18n.t('. The count starts anew on {day}', { day: formatDay(resetsAt) })}
          {'.'}
        </p>
      )}
      {problem.document.errors?.map(({ location, message }) => (
        <p className="text-muted-foreground" key={location}>
          {location.replace(/^body\./u, '')}: {message}
        </p>
      ))}
    </ProblemNotice>
  );
}
