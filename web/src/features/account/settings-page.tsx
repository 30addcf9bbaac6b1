import { Link, Outlet, useLocation, useSearch } from '@tanstack/react-router';
import { ConfirmPlace } from '@/shared/confirm/confirm-place';
import { i18n } from '@/shared/lib/text';
import { TopBar } from '@/shared/ui/top-bar';
import { IssuerProblem } from './issuer-problem';

/** The parts of the settings, each with an address of its own. */
const parts = () =>
  [
    { to: '/settings', label: i18n.t('General') },
    { to: '/settings/usage', label: i18n.t('Usage') },
    { to: '/settings/security', label: i18n.t('Sign-in') },
    { to: '/settings/keys', label: i18n.t('API keys') },
    { to: '/settings/data', label: i18n.t('Your data') },
  ] as const;

/** The frame of the settings: their parts, and the one that is open. */
export function SettingsPage() {
  const { pathname } = useLocation();
  const { problem } = useSearch({ from: '/_app/settings' });
  const open = parts().find(({ to }) => to === pathname);
  const settings = i18n.t('Settings');
  return (
    <>
      <TopBar title={open === undefined ? settings : `${settings} · ${open.label}`}>
        <span aria-hidden={true} className="font-medium text-sm">
          {settings}
        </span>
      </TopBar>
      <nav
        aria-label={settings}
        className="sticky top-0 z-10 shrink-0 overflow-x-auto border-b bg-background [scrollbar-width:none]"
      >
        <ul className="mx-auto flex max-w-2xl px-2 sm:gap-2 sm:px-1">
          {parts().map(({ to, label }) => (
            <li key={to}>
              <Link
                activeOptions={{ exact: true, includeSearch: false }}
                className="-mb-px flex h-10 items-center whitespace-nowrap border-transparent border-b-2 px-2 text-muted-foreground text-sm -outline-offset-2 hover:text-foreground data-[status=active]:border-primary data-[status=active]:text-foreground sm:px-3 pointer-coarse:h-11"
                to={to}
              >
                {label}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="mx-auto w-full max-w-2xl px-4 pb-12">
        {problem !== undefined && <IssuerProblem problem={problem} />}
        <Outlet />
      </div>
      <ConfirmPlace />
    </>
  );
}
