import type { User } from '@/shared/api/types';

/** Pictures come from this server only; one from elsewhere would tell others that the page was opened. */
const own = /^(?:\/(?!\/)|data:image\/)/u;

const spaces = /\s+/u;

export function Avatar({ user }: { user: User }) {
  if (own.test(user.picture_url)) {
    return <img alt="" className="size-14 rounded-full object-cover" height={56} src={user.picture_url} width={56} />;
  }
  return (
    <span
      aria-hidden={true}
      className="flex size-14 shrink-0 items-center justify-center rounded-full bg-primary/15 font-medium text-lg text-primary uppercase"
    >
      {initials(user.full_name || user.email)}
    </span>
  );
}

/** Ada Lovelace → AL; of one word its first letter. */
function initials(name: string): string {
  const words = name.trim().split(spaces);
  const ends = words.length > 1 ? [words.at(0), words.at(-1)] : words;
  return ends.map((word) => [...(word ?? '')][0] ?? '').join('');
}
