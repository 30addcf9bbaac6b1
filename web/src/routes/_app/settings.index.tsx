import { createFileRoute, redirect } from '@tanstack/react-router';
import { GeneralPage } from '@/features/account/general-page';
import { linking } from '@/features/account/linking';
import { beganAt } from '@/features/account/search';

export const Route = createFileRoute('/_app/settings/')({
  // Issuers lead back to here; the person left from another part.
  beforeLoad: ({ search, preload }) => {
    const { problem } = search;
    const part = !preload && linking.over() ? '/settings/security' : beganAt(search);
    if (part !== undefined) {
      throw redirect({ to: part, search: problem === undefined ? {} : { problem }, replace: true });
    }
  },
  component: GeneralPage,
});
