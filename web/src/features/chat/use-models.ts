import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { modelsQuery } from '@/shared/api/models';
import { useUser } from '@/shared/api/session';
import { drafts } from '@/shared/lib/drafts';
import type { Conversation, Model } from './types';

export interface ModelChoice {
  /** All that the server lists; undefined until they are here. */
  models: Model[] | undefined;
  /** The one that is asked; undefined while there is none to ask. */
  model: Model | undefined;
  choose: (model: Model) => void;
  error: unknown;
}

/** Which model to ask: what was chosen here, else the conversation's, else the one chosen last anywhere. */
export function useModelChoice(thread: string, conversation: Conversation | undefined): ModelChoice {
  const key = `${useUser().id}.chat-model`;
  const { data, error } = useQuery(modelsQuery);
  const [chosen, setChosen] = useState<{ thread: string; id: string }>();

  const find = (name: string | undefined): Model | undefined => {
    if (!(data && name)) {
      return undefined;
    }
    const id = data.aliases[name] ?? name;
    return data.items.find((model) => model.id === id && model.available);
  };

  return {
    models: data?.items,
    model:
      find(chosen?.thread === thread ? chosen.id : undefined) ??
      find(conversation?.model) ??
      find(drafts.read<string>(key)) ??
      find(data?.default_model),
    choose: (model) => {
      setChosen({ thread, id: model.id });
      drafts.write(key, model.id);
    },
    error,
  };
}
