import { Link } from '@tanstack/react-router';
import type { Problem } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { quotaAdvice, quotaSentences } from './quota';

/** Why a question was not taken. Its text is back in the composer, where it can be sent again. */
export function Refusal({ problem }: { problem: Problem }) {
  const quota = quotaSentences(problem.document);
  return (
    <ProblemNotice className="mb-3" error={problem}>
      {quota.length > 0 && (
        <p className="text-muted-foreground">
          {[...quota, quotaAdvice(problem.document.meter)].join(' ')}{' '}
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
