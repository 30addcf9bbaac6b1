import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { problemOf } from '@/shared/api/problem';
import { addressOf } from '@/shared/files/attachment';
import { previews } from '@/shared/files/previews';
import { cn } from '@/shared/lib/cn';
import { formatNumber } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { buttonStyle } from '@/shared/ui/button';
import { Dialog } from '@/shared/ui/dialog';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { factsOf } from './file-facts';
import type { AttachedFile } from './types';

/** More of a text than this is for an editor, not for a look at it. */
const mostShown = 200_000;

interface FileViewerProps {
  file: AttachedFile;
  onClose: () => void;
}

/** A picture or a text as large as the window lets it be. */
export function FileViewer({ file, onClose }: FileViewerProps) {
  return (
    <Dialog
      actions={
        <a className={buttonStyle({ size: 'small' })} download={file.name} href={addressOf(file.id)}>
          <Download aria-hidden={true} />
          {i18n.t('Download')}
        </a>
      }
      className={cn('max-w-4xl', file.kind === 'image' && 'w-fit min-w-[min(24rem,calc(100vw-2rem))]')}
      description={factsOf(file).join(' · ')}
      onOpenChange={(open) => !open && onClose()}
      open={true}
      title={
        <span className="wrap-anywhere" dir="auto">
          {file.name}
        </span>
      }
    >
      {file.kind === 'image' ? <Picture file={file} /> : <Text file={file} />}
    </Dialog>
  );
}

function Picture({ file }: { file: AttachedFile }) {
  const [broken, setBroken] = useState(false);
  if (broken) {
    return <p>{i18n.t('The picture cannot be shown.')}</p>;
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveElementInteractions: that it cannot be loaded is nothing that a person does
    <img
      alt={file.name}
      className="mx-auto h-auto max-h-[calc(100dvh-13rem)] w-auto max-w-full rounded-lg bg-muted object-contain"
      height={file.height}
      onError={() => setBroken(true)}
      src={previews.of(file)}
      width={file.width}
    />
  );
}

function Text({ file }: { file: AttachedFile }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['file', file.id],
    queryFn: async ({ signal }) => {
      const response = await fetch(addressOf(file.id), { signal });
      if (!response.ok) {
        throw await problemOf(response);
      }
      return response.text();
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) {
    return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  }
  return (
    <>
      <section
        aria-busy={isPending}
        aria-label={i18n.t('Text')}
        className="overflow-auto rounded-lg border"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <pre
          className="wrap-anywhere h-[calc(100dvh-14rem)] whitespace-pre-wrap p-3 font-mono text-xs leading-5"
          dir="auto"
        >
          {data?.slice(0, mostShown)}
        </pre>
      </section>
      {data !== undefined && data.length > mostShown && (
        <p className="text-muted-foreground text-sm">
          {i18n.t('These are the first {shown} characters; the whole text is in the file.', {
            shown: formatNumber(mostShown),
          })}
        </p>
      )}
    </>
  );
}
