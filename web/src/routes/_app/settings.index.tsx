import { createFileRoute, redirect } from '@tanstack/react-router';
import { GeneralPage } from '@/features/account/general-page';
import { beganAt } from '@/features/account/search';

export const Route = createFileRoute('/_app/settings/')({
  // What went wrong at the issuer is told here; the person left from another part.
  beforeLoad: ({ search }) => {
    const { problem } = search;
    const part = beganAt(search);
    if (part !== undefined) {
      throw redirect({ to: part, search: problem === undefined ? {} : { problem }, replace: true });
    }
  },
  component: GeneralPage,
});
