import { useEffect, useState } from 'react';
import { formatDuration } from '@/shared/lib/format';
import { later, useLater } from '@/shared/lib/later';
import { i18n } from '@/shared/lib/text';
import { placeOf } from './picture-place';
import type { AttachedFile, Model } from './types';

const view = later(() => import('./picture-view'));

interface AnswerPictureProps {
  /** The picture, once it is there. */
  files: readonly AttachedFile[];
  model: Model | undefined;
  /** It is being made. */
  wanted: boolean;
  /** When it was asked for. */
  since: string;
  /** What it cost, in US dollars. */
  cost: number | undefined;
  onChange: (files: readonly AttachedFile[], model: Model) => void;
}

/** An answer that is a picture: its place while it is made, and the picture in it. */
export function AnswerPicture({ files: [file], model, wanted, since, cost, onChange }: AnswerPictureProps) {
  const parts = useLater(view, wanted || file !== undefined);
  if (file && parts) {
    return <parts.PictureView cost={cost} file={file} model={model} onChange={wanted ? undefined : onChange} />;
  }
  if (!(file || wanted)) {
    return null; // it was stopped, or failed
  }
  const { width, height } = file ?? model?.picture ?? {};
  return (
    <div
      className="relative overflow-hidden rounded-xl"
      // biome-ignore lint/style/noInlineStyles: only the model knows the shape
      style={placeOf(width, height)}
    >
      {/* Words that pulse along would fade out of sight. */}
      <div className="absolute inset-0 animate-pulse bg-muted" />
      {!file && (
        <p className="absolute inset-0 m-auto h-fit w-fit px-4 text-center text-muted-foreground text-sm">
          {i18n.t('The picture is being made…')}
          <Elapsed since={since} />
        </p>
      )}
    </div>
  );
}

const second = 1000;
/** What is there before does not need to be counted. */
const soon = 3;

/** How long it has been waited for. */
function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), second);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.floor((now - Date.parse(since)) / second);
  return seconds < soon ? null : (
    // A screen reader that is at it is not told every second.
    <span aria-hidden={true} className="block tabular-nums">
      {formatDuration(seconds)}
    </span>
  );
}
