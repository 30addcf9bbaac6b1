interface Listed {
  provider_name: string;
  available: boolean;
}

export interface ModelGroup<T extends Listed> {
  name: string;
  items: T[];
}

/** Models by provider, those first that can be asked now. Within a provider the catalogue's order stands. */
export function groupsOf<T extends Listed>(models: readonly T[]): ModelGroup<T>[] {
  const names = [...new Set(models.map((model) => model.provider_name))];
  const groups = names.map((name) => ({
    name,
    items: models
      .filter((model) => model.provider_name === name)
      .sort((a, b) => Number(b.available) - Number(a.available)),
  }));
  const canAnswer = ({ items }: ModelGroup<T>) => Number(items.some((model) => model.available));
  return groups.sort((a, b) => canAnswer(b) - canAnswer(a));
}
