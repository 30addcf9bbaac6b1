import { ChevronsUpDown } from 'lucide-react';
import { groupsOf } from '@/shared/lib/model-groups';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Combobox } from '@/shared/ui/combobox';
import { Skeleton } from '@/shared/ui/skeleton';
import { aboutUsd, priceWords } from './quote';
import { fitted, usual } from './settings';
import type { ImageModel } from './types';

interface ModelPickerProps {
  /** Undefined until they are here. */
  models: readonly ImageModel[] | undefined;
  model: ImageModel | undefined;
  onChoose: (model: ImageModel) => void;
}

/** Which model makes the pictures, with what it can do and what a picture costs; the others say why they cannot. */
export function ModelPicker({ models, model, onChoose }: ModelPickerProps) {
  if (!models) {
    return <Skeleton className="h-8 w-36" />;
  }
  const name = model?.name ?? i18n.t('No model available');
  return (
    <Combobox
      empty={i18n.t('No such model')}
      groups={groupsOf(models)}
      itemDisabled={({ available }) => !available}
      itemKey={({ id }) => id}
      itemLabel={(item) => `${item.name} ${item.provider_name}`}
      onChange={onChoose}
      renderItem={(item) => (
        <span className="block py-0.5">
          <span className="block truncate">{item.name}</span>
          <span className="block text-pretty text-muted-foreground text-xs">
            {item.available ? factsOf(item) : item.unavailable_reason}
          </span>
        </span>
      )}
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

/** Price and abilities. */
function factsOf(model: ImageModel): string {
  const fit = fitted(usual, model);
  const price = priceWords(model, fit);
  const free = aboutUsd(model, fit) === 0;
  const facts = [
    price && (free ? price : i18n.t('{price} an image', { price })),
    model.edit && i18n.t('changes pictures'),
    model.parameters.includes('seed') && i18n.t('seed'),
    model.parameters.includes('guidance_scale') && i18n.t('guidance'),
  ];
  return facts.filter(Boolean).join(' · ');
}
