import { Link } from '@tanstack/react-router';
import { i18n } from '@/shared/lib/text';
import { buttonStyle } from '@/shared/ui/button';

export function NotFoundPage() {
  return (
    <main className="flex min-h-dvh flex-1 flex-col items-center justify-center gap-4 p-6 text-center">
      <h1 className="font-semibold text-lg">{i18n.t('This page does not exist')}</h1>
      <p className="max-w-sm text-muted-foreground">
        {i18n.t('The address may be mistyped, or what was here has been deleted.')}
      </p>
      <Link className={buttonStyle({ variant: 'primary' })} to="/">
        {i18n.t('Go to the chat')}
      </Link>
    </main>
  );
}
