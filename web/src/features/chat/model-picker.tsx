import { ChevronsUpDown } from 'lucide-react';
import { formatCompact, formatUsd } from '@/shared/lib/format';
import { groupsOf, type ModelGroup } from '@/shared/lib/model-groups';
import { aboutWords } from '@/shared/lib/quota';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Combobox } from '@/shared/ui/combobox';
import { Skeleton } from '@/shared/ui/skeleton';
import { makesPictures } from './model-settings';
import type { Model } from './types';
import type { ModelChoice } from './use-models';

/** Which model answers, with what it can do and what it costs before anything is asked. */
export function ModelPicker({ choice }: { choice: ModelChoice }) {
  const { models, model, choose } = choice;
  if (!models) {
    return <Skeleton className="h-8 w-36" />;
  }
  const name = model?.name ?? i18n.t('No model available');
  return (
    <Combobox
      empty={i18n.t('No such model')}
      groups={modelGroups(models)}
      itemDisabled={({ available }) => !available}
      itemKey={({ id }) => id}
      itemLabel={(item) => `${item.name} ${item.provider_name}`}
      onChange={choose}
      renderItem={(item) => <ModelItem model={item} />}
      searchLabel={i18n.t('Search models')}
      trigger={
        <Button
          aria-label={i18n.t('Model: {name}', { name })}
          className="min-w-0 px-2 text-base"
          size="small"
          variant="ghost"
        >
          <span className="truncate">{name}</span>
          <ChevronsUpDown aria-hidden={true} className="text-muted-foreground" />
        </Button>
      }
      value={model ?? null}
    />
  );
}

/** Models by provider; those that make pictures stand by themselves. */
export function modelGroups(models: readonly Model[]): ModelGroup<Model>[] {
  return groupsOf(
    models.map((model) =>
      makesPictures(model)
        ? { ...model, provider_name: i18n.t('{provider} · pictures', { provider: model.provider_name }) }
        : model,
    ),
  );
}

/** A model in a list, with what decides for it. */
export function ModelItem({ model }: { model: Model }) {
  return (
    <span className="block py-0.5">
      <span className="block truncate">{model.name}</span>
      <span className="block text-pretty text-muted-foreground text-xs">
        {model.available ? factsOf(model) : model.unavailable_reason}
      </span>
    </span>
  );
}

/** Price, context and abilities. */
function factsOf(model: Model): string {
  const { context_window, price, abilities, picture, images } = model;
  if (picture) {
    return [
      aboutWords(price?.about_usd_per_image),
      `${picture.width} × ${picture.height}`,
      images && i18n.t('changes pictures'),
    ]
      .filter(Boolean)
      .join(' · ');
  }
  const facts: string[] = [];
  if (price) {
    facts.push(
      i18n.t('{input} in, {output} out per million', {
        input: formatUsd(price.input_usd_per_million),
        output: formatUsd(price.output_usd_per_million),
      }),
    );
  }
  facts.push(i18n.t('{tokens} context', { tokens: formatCompact(context_window) }));
  return [...facts, ...abilities.map((ability) => ability.replaceAll('_', ' '))].join(' · ');
}
