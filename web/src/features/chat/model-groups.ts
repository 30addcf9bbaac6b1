import type { Model } from './types';

export interface ModelGroup {
  name: string;
  items: Model[];
}

/** Models by provider, those first that can be asked now. Within a provider the catalogue's order stands. */
export function groupsOf(models: readonly Model[]): ModelGroup[] {
  const groups = [...Map.groupBy(models, (model) => model.provider_name)].map(([name, items]) => ({
    name,
    items: items.toSorted((a, b) => Number(b.available) - Number(a.available)),
  }));
  const canAnswer = ({ items }: ModelGroup) => Number(items.some((model) => model.available));
  return groups.sort((a, b) => canAnswer(b) - canAnswer(a));
}
