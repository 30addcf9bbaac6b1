import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';

/** In the place of a page that failed. */
export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const again = async () => {
    await router.invalidate();
    reset();
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center p-6">
      <ProblemNotice className="w-full max-w-lg" error={error} onRetry={again}>
        <Button onClick={() => location.reload()} size="small" variant="ghost">
          {i18n.t('Reload the page')}
        </Button>
      </ProblemNotice>
    </div>
  );
}
