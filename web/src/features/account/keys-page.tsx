import { useQuery } from '@tanstack/react-query';
import { later } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { Button, buttonStyle } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { KeyRow } from './key-row';
import { ListSkeleton } from './list-skeleton';
import { keysQuery } from './queries';
import { Rows } from './row';
import { Section } from './section';
import { useAct } from './use-act';

const dialog = later(() => import('./key-dialog'));

/** The person's API keys. */
export function KeysPage() {
  const { data, error, refetch } = useQuery(keysQuery);
  const { parts, begin, props } = useAct('key', dialog);
  const keys = data?.items ?? [];
  const title = i18n.t('API keys');
  return (
    <Section
      action={
        keys.length > 0 && (
          <Button onClick={begin} variant="primary">
            {i18n.t('Create a key')}
          </Button>
        )
      }
      count={keys.length}
      description={i18n.t('Programs use them to work as you. Give each program its own, so that you can revoke one.')}
      title={title}
    >
      {data === undefined && error === null && <ListSkeleton count={3} />}
      {data === undefined && error !== null && <ProblemNotice error={error} onRetry={refetch} />}
      {data !== undefined && keys.length === 0 && <NoKeys onCreate={begin} />}
      {keys.length > 0 && (
        <Rows label={title}>
          {keys.map((key) => (
            <KeyRow apiKey={key} key={key.id} />
          ))}
        </Rows>
      )}
      {parts !== undefined && <parts.KeyDialog {...props} />}
    </Section>
  );
}

function NoKeys({ onCreate }: { onCreate: () => void }) {
  return (
    <div className="flex flex-col items-center gap-4 rounded-lg border border-dashed px-6 py-12 text-center">
      <div className="flex max-w-sm flex-col gap-1">
        <h3 className="font-semibold text-base">{i18n.t('No key yet')}</h3>
        <p className="text-muted-foreground">
          {i18n.t('With a key, your scripts, editors and any OpenAI client get answers here, within your plan.')}
        </p>
      </div>
      <div className="flex flex-wrap justify-center gap-2">
        <Button onClick={onCreate} variant="primary">
          {i18n.t('Create a key')}
        </Button>
        <a className={buttonStyle({ variant: 'ghost', className: 'pointer-coarse:h-11' })} href="/docs">
          {i18n.t('Read the documentation')}
        </a>
      </div>
    </div>
  );
}
