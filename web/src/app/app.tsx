import { CSPProvider } from '@base-ui/react/csp-provider';
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { i18n } from '@/shared/lib/text';
import { ToastPlace } from '@/shared/ui/toast';
import { queryClient, router } from './router';

/** Everything that the whole page stands in. */
export function App() {
  return (
    <CSPProvider disableStyleElements={true}>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
          <ToastPlace />
        </QueryClientProvider>
      </I18nProvider>
    </CSPProvider>
  );
}
