import { Brush, Download, Link as LinkIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { addressOf } from '@/shared/files/attachment';
import { copyLink } from '@/shared/files/copy-link';
import { formatBytes, formatMoment, formatUsdShort } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button, buttonStyle } from '@/shared/ui/button';
import { CopyButton } from '@/shared/ui/copy-button';
import { PictureThumbnail } from '@/shared/ui/picture-thumbnail';
import { PictureViewer } from '@/shared/ui/picture-viewer';
import { placeOf } from './picture-place';
import type { AttachedFile, Model } from './types';

interface PictureViewProps {
  file: AttachedFile;
  model: Model | undefined;
  /** What the answer cost, in US dollars, once it is known. */
  cost: number | undefined;
  /** Undefined while the answer has not ended. */
  onChange: ((files: readonly AttachedFile[], model: Model) => void) | undefined;
}

/** A picture that a model has made. It opens as large as the window. Loaded with the first one. */
export function PictureView({ file, model, cost, onChange }: PictureViewProps) {
  const [open, setOpen] = useState(false);
  const { id, name, width = 1, height = 1, origin } = file;
  const alt = origin?.prompt ?? name;
  const change = onChange && model?.images && model.available ? () => onChange([file], model) : undefined;
  // In the order that they have beside the pictures of /images.
  const actions = (first: boolean) => (
    <>
      <a
        className={buttonStyle({
          size: 'small',
          className: 'pointer-coarse:h-11',
          ...(first && { variant: 'primary' }),
        })}
        download={name}
        href={addressOf(id)}
      >
        <Download aria-hidden={true} />
        {i18n.t('Download')}
      </a>
      {change && (
        <Button
          onClick={() => {
            setOpen(false);
            change();
          }}
          size="small"
        >
          <Brush aria-hidden={true} />
          {i18n.t('Edit')}
        </Button>
      )}
      <Button onClick={() => void copyLink(id)} size="small">
        <LinkIcon aria-hidden={true} />
        {i18n.t('Copy link')}
      </Button>
    </>
  );
  return (
    <div className="flex flex-col items-start gap-2">
      <button
        aria-label={i18n.t('Open the picture: {alt}', { alt })}
        className="block cursor-zoom-in overflow-hidden rounded-xl border"
        data-picture={id}
        onClick={() => setOpen(true)}
        // biome-ignore lint/style/noInlineStyles: only the picture knows its shape
        style={placeOf(width, height)}
        title={provenance(file)}
        type="button"
      >
        <PictureThumbnail alt="" className="size-full" eager={true} fileId={id} height={height} width={width} />
      </button>
      <div className="flex flex-wrap gap-2">{actions(false)}</div>
      <PictureViewer
        actions={actions(true)}
        onShow={(shown) => setOpen(shown !== undefined)}
        pictures={[{ id, alt, width, height }]}
        shown={open ? id : undefined}
        title={i18n.t('Picture')}
      >
        <Details cost={cost} file={file} />
      </PictureViewer>
    </div>
  );
}

/** In a line, for who rests on the picture. */
function provenance({ origin, width, height }: AttachedFile): string {
  return [origin?.model_name, origin && formatMoment(origin.created_at), `${width} × ${height}`]
    .filter(Boolean)
    .join(' · ');
}

/** How a picture came about. */
function Details({ file: { origin, width, height, size }, cost }: Pick<PictureViewProps, 'file' | 'cost'>) {
  if (!origin) {
    return null; // the page has not heard yet
  }
  return (
    <>
      <dl className="flex flex-col gap-3 text-sm">
        <Fact label={i18n.t('Prompt')}>
          <span className="flex items-start gap-1">
            <span className="min-w-0 flex-1 whitespace-pre-wrap leading-5" dir="auto">
              {origin.prompt}
            </span>
            <CopyButton className="-my-1.5" label={i18n.t('Copy the prompt')} text={() => origin.prompt} />
          </span>
        </Fact>
        {origin.revised_prompt !== undefined && (
          <Fact label={i18n.t('As the model changed it')}>{origin.revised_prompt}</Fact>
        )}
        <Fact label={i18n.t('Model')}>{origin.model_name}</Fact>
        <Fact label={i18n.t('Size')}>{[`${width} × ${height}`, formatBytes(size)].join(' · ')}</Fact>
        {origin.edited && <Fact label={i18n.t('Made from')}>{i18n.t('other pictures and words')}</Fact>}
        <Fact label={i18n.t('Made on')}>{formatMoment(origin.created_at)}</Fact>
        {cost !== undefined && (
          <Fact label={i18n.t('Cost')}>{origin.demo ? i18n.t('free') : formatUsdShort(cost)}</Fact>
        )}
      </dl>
      {origin.demo && (
        <p className="rounded-lg bg-muted px-3 py-2 text-muted-foreground text-sm">
          {i18n.t('Drawn by Pulse’s demo, not by a model.')}
        </p>
      )}
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted-foreground text-xs leading-5">{label}</dt>
      <dd className="wrap-anywhere">{children}</dd>
    </div>
  );
}
