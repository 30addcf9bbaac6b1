import { useQuery } from '@tanstack/react-query';
import { CircleAlert } from 'lucide-react';
import { authOptionsQuery } from '@/shared/api/session';
import { i18n } from '@/shared/lib/text';

/** Why the way to the issuer, to link an account or to confirm, led nowhere. */
export function IssuerProblem({ problem }: { problem: string }) {
  const { data } = useQuery(authOptionsQuery);
  return (
    <div className="mt-6 flex gap-3 rounded-lg border border-destructive/30 bg-destructive/5 px-4 py-3" role="alert">
      <CircleAlert aria-hidden={true} className="mt-1 size-4 shrink-0 text-destructive" />
      <p className="min-w-0 flex-1">{words(problem, data?.oidc?.name ?? i18n.t('the other service'))}</p>
    </div>
  );
}

function words(problem: string, name: string): string {
  switch (problem) {
    case 'access_denied':
      return i18n.t('You did not go on at {name}, so nothing has changed.', { name });
    case 'identity_taken':
      return i18n.t('That account at {name} is linked to somebody else here.', { name });
    case 'identity_unknown':
      return i18n.t('That account at {name} is not one that you linked. Choose the one that you did.', { name });
    case 'too_many_identities':
      return i18n.t('You have linked as many accounts as you can. Unlink one first.');
    case 'not_asked':
      return i18n.t('{name} did not ask you who you are. Sign out there and try again.', { name });
    case 'email_unverified':
      return i18n.t('{name} has not verified your e-mail yet. Verify it there, then try again.', { name });
    case 'sign_in_expired':
      return i18n.t('That took too long, or was begun in another window. Try again.');
    case 'issuer_unreachable':
      return i18n.t('{name} does not answer at the moment. Try again in a while.', { name });
    case 'address_unknown':
      return i18n.t('This server is not set up for {name} yet: its administrator has to set PULSE_PUBLIC_URL.', {
        name,
      });
    default:
      return i18n.t('What came back from {name} could not be accepted, so nothing has changed. Try again.', { name });
  }
}
