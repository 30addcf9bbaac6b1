import { KeyRound } from 'lucide-react';
import { i18n } from '@/shared/lib/text';
import { buttonStyle } from '@/shared/ui/button';

interface IssuerLinkProps {
  /** What people call the issuer. */
  name: string;
  from: string | undefined;
}

/** The way in by another's word, and the line between it and the form. A plain link: the issuer's page takes over. */
export function IssuerLink({ name, from }: IssuerLinkProps) {
  const returnTo = from === undefined ? '' : `?return_to=${encodeURIComponent(from)}`;
  return (
    <>
      <a className={buttonStyle({ className: 'pointer-coarse:h-11' })} href={`/api/v1/auth/google${returnTo}`}>
        {name === 'Google' ? <GoogleMark /> : <KeyRound aria-hidden={true} />}
        <span className="truncate">{i18n.t('Continue with {name}', { name })}</span>
      </a>
      <p className="flex items-center gap-3 text-muted-foreground text-xs before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
        {i18n.t('or')}
      </p>
    </>
  );
}

/** In Google's own colours, as Google asks. */
function GoogleMark() {
  return (
    <svg aria-hidden={true} viewBox="0 0 24 24">
      {googleMark.map(([fill, d]) => (
        <path d={d} fill={fill} key={fill} />
      ))}
    </svg>
  );
}

const googleMark = [
  [
    '#4285f4',
    'M22.56 12.25c0-.78-.07-1.53-.2-2.25H12v4.26h5.92a5.06 5.06 0 0 1-2.21 3.31v2.77h3.57c2.08-1.92 3.28-4.74 3.28-8.09z',
  ],
  [
    '#34a853',
    'M12 23c2.97 0 5.46-.98 7.28-2.66l-3.57-2.77c-.98.66-2.23 1.06-3.71 1.06-2.86 0-5.29-1.93-6.16-4.53H2.18v2.84A11 11 0 0 0 12 23z',
  ],
  ['#fbbc05', 'M5.84 14.09a6.6 6.6 0 0 1 0-4.18V7.07H2.18a11 11 0 0 0 0 9.86l3.66-2.84z'],
  [
    '#ea4335',
    'M12 5.38c1.62 0 3.06.56 4.21 1.64l3.15-3.15A11 11 0 0 0 2.18 7.07l3.66 2.84C6.71 7.31 9.14 5.38 12 5.38z',
  ],
] as const;
