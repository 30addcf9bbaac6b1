import { drafts } from '@/shared/lib/drafts';
import { fromSearch } from './from';

const draft = 'reset.from';

/** The link in the e-mail opens elsewhere; where one wanted to go is remembered for it. */
export function rememberReturn(from: string | undefined): void {
  drafts.write(draft, from);
}

export function takeReturn(): string | undefined {
  const { from } = fromSearch({ from: drafts.read(draft) });
  drafts.remove(draft);
  return from;
}
