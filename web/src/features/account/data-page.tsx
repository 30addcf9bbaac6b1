import { Download } from 'lucide-react';
import { useUser } from '@/shared/api/session';
import { later } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Button, buttonStyle } from '@/shared/ui/button';
import { Section } from './section';
import { useAct } from './use-act';

const dialog = later(() => import('./delete-dialog'));

/** What the server keeps of the person: to take along, and to have removed. */
export function DataPage() {
  return (
    <>
      <ExportSection />
      <DeleteSection />
    </>
  );
}

function ExportSection() {
  return (
    <Section
      action={
        <a className={buttonStyle({ className: 'pointer-coarse:h-11' })} download={true} href="/api/v1/users/me/export">
          <Download aria-hidden={true} />
          {i18n.t('Download everything')}
        </a>
      }
      description={i18n.t(
        'One zip file: your account, jobs and usage as JSON, conversations as JSON and Markdown, your files as they are. It is made while it is on its way.',
      )}
      title={i18n.t('Export')}
    />
  );
}

function DeleteSection() {
  const user = useUser();
  const { parts, begin, props } = useAct('delete', dialog);
  return (
    <Section
      action={
        <Button className="text-destructive" onClick={begin}>
          {i18n.t('Delete the account…')}
        </Button>
      }
      description={i18n.t('Everything that is yours goes, for good. Export it first if you may want it again.')}
      title={i18n.t('Delete the account')}
    >
      {parts !== undefined && <parts.DeleteDialog {...props} user={user} />}
    </Section>
  );
}
