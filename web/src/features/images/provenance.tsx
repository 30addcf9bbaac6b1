import type { ReactNode } from 'react';
import { formatBytes, formatMoment } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { CopyButton } from '@/shared/ui/copy-button';
import { costWords, deliveredOf } from './cost';
import { qualityName } from './settings-fields';
import { pixelsOf } from './size-choice';
import type { ImageFile, ImageJob, ImageModel } from './types';

interface ProvenanceProps {
  job: ImageJob;
  file: ImageFile;
  model: ImageModel | undefined;
}

/** How a picture came about. */
export function Provenance({ job, file, model }: ProvenanceProps) {
  const { input, model: modelId, created_at, result } = job;
  const count = deliveredOf(result);
  const cost = costWords(job);
  const inputs = input.image_file_ids?.length ?? 0;
  return (
    <div className="flex flex-col gap-3 text-sm">
      <dl className="flex flex-col gap-3">
        <Fact label={i18n.t('Prompt')}>
          <Words text={input.prompt} />
        </Fact>
        {file.revised_prompt !== undefined && file.revised_prompt !== '' && (
          <Fact label={i18n.t('As the model changed it')}>
            <Words text={file.revised_prompt} />
          </Fact>
        )}
        {input.negative_prompt !== undefined && input.negative_prompt !== '' && (
          <Fact label={i18n.t('Negative prompt')}>{input.negative_prompt}</Fact>
        )}
      </dl>
      <dl className="grid grid-cols-2 gap-3 tabular-nums">
        <Fact label={i18n.t('Model')}>{model?.name ?? modelId}</Fact>
        <Fact label={i18n.t('Size')}>
          {pixelsOf(file)}
          <span className="block text-muted-foreground text-xs">{formatBytes(file.size)}</span>
        </Fact>
        {input.quality !== undefined && input.quality !== '' && (
          <Fact label={i18n.t('Quality')}>{qualityName(input.quality)}</Fact>
        )}
        {file.seed !== undefined && <Fact label={i18n.t('Seed')}>{file.seed}</Fact>}
        {input.guidance_scale !== undefined && <Fact label={i18n.t('Guidance')}>{input.guidance_scale}</Fact>}
        {inputs > 0 && (
          <Fact label={i18n.t('Made from')}>
            {i18n.t('{inputs, plural, one {# picture} other {# pictures}}', { inputs })}
          </Fact>
        )}
        <Fact label={i18n.t('Made on')}>{formatMoment(created_at)}</Fact>
        {cost !== undefined && (
          <Fact label={i18n.t('Cost')}>
            {cost}
            {count > 1 && (
              <span className="block text-muted-foreground text-xs">{i18n.t('for {count} images', { count })}</span>
            )}
          </Fact>
        )}
      </dl>
      {model?.demo && (
        <p className="rounded-lg bg-muted px-3 py-2 text-muted-foreground">
          {i18n.t('Drawn by Pulse’s demo, not by a model.')}
        </p>
      )}
    </div>
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

function Words({ text }: { text: string }) {
  return (
    <span className="flex items-start gap-1">
      <span className="min-w-0 flex-1 whitespace-pre-wrap leading-5">
        <bdi>{text}</bdi>
      </span>
      <CopyButton className="-my-1.5" label={i18n.t('Copy the prompt')} text={() => text} />
    </span>
  );
}
