import { i18n } from '@/shared/lib/text';
import type { SignInSearch } from './from';
import { Notice } from './notice';

interface SignInNoticeProps extends Omit<SignInSearch, 'from'> {
  /** What people call the issuer. */
  issuer: string;
}

/** Why somebody is at the sign-in again, when the way here has something to tell. */
export function SignInNotice({ problem, done, bye, issuer }: SignInNoticeProps) {
  if (problem !== undefined) {
    return <Notice tone={nothingWrong.has(problem) ? 'neutral' : 'wrong'}>{problemText(problem, issuer)}</Notice>;
  }
  if (done === 'reset') {
    return <Notice tone="good">{i18n.t('Your new password is set. Sign in with it.')}</Notice>;
  }
  return bye && <Notice tone="good">{i18n.t('Your account is deleted, and everything in it.')}</Notice>;
}

/** These only tell what comes next. */
const nothingWrong = new Set(['access_denied', 'link_needed']);

/** What happened at the issuer's, and what to do now. */
function problemText(problem: string, name: string): string {
  switch (problem) {
    case 'access_denied':
      return i18n.t('You did not go on at {name}, so nothing was done. Try again, or sign in with your password.', {
        name,
      });
    case 'link_needed':
      return i18n.t(
        'You already have an account with this e-mail. Sign in with your password; the settings, which open then, link it to {name}.',
        { name },
      );
    case 'deactivated':
      return i18n.t('Your account is deactivated. Ask the administrator of this server.');
    case 'registration_closed':
      return i18n.t(
        'You have no account here, and registration is closed on this server. Ask its administrator for one.',
      );
    case 'email_unverified':
      return i18n.t('{name} has not verified your e-mail yet. Verify it there, then try again.', { name });
    case 'sign_in_expired':
      return i18n.t('That took too long, or was begun in another window. Try again.');
    case 'issuer_unreachable':
      return i18n.t('{name} does not answer at the moment. Try again in a while, or sign in with your password.', {
        name,
      });
    case 'address_unknown':
      return i18n.t(
        'This server is not set up for {name} yet: its administrator has to set PULSE_PUBLIC_URL. Sign in with your password.',
        { name },
      );
    default:
      return i18n.t('Signing in with {name} did not work. Try again; if it stays so, sign in with your password.', {
        name,
      });
  }
}
