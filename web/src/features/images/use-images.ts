import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState } from 'react';
import { asProblem, Problem } from '@/shared/api/problem';
import { useUser } from '@/shared/api/session';
import { usageQuery } from '@/shared/api/usage';
import { attachments } from '@/shared/files/attachments';
import { i18n } from '@/shared/lib/text';
import { toast } from '@/shared/ui/toast';
import { imageModelsQuery } from './api';
import { asImageLimits, attachedById, attachedOf, editor, goneOf, hindranceOf, limitsFor, picturesOf } from './inputs';
import { draftOf, useCreate } from './pending';
import { splitPresets, withPresets } from './presets';
import { shortageOf } from './quote';
import { fitted, requestOf, type Settings, unmet, wishesOf } from './settings';
import type { ImageFile, ImageJob, ImageModel, ImageRequest } from './types';
import { useRefused } from './use-refused';
import { useWish } from './use-wish';

/** The most pictures that go along where no model says. */
const mostInputs = 16;

/** What is left of the plan is asked for anew after that long. */
const fresh = 60_000;

/** What the page is about to make, and how it is begun. */
export function useImages() {
  const draft = draftOf(useUser().id);
  const { data, error, refetch } = useQuery(imageModelsQuery);
  const { data: usage } = useQuery({ ...usageQuery, staleTime: fresh });
  const { prompt, setPrompt, settings, setSettings, list, replace } = useWish(draft);
  const start = useCreate();
  const [sending, setSending] = useState(false);
  /** The ids of pictures that the server has no more. */
  const [gone, setGone] = useState<readonly string[]>([]);

  const models = data?.items;
  const find = (id: string | undefined) => {
    const name = data?.aliases[id ?? ''] ?? id;
    return models?.find((each) => each.id === name && each.available);
  };
  const model = find(settings.model) ?? find(data?.default_model);
  const hindrance = hindranceOf(list, model, gone);
  const isReady = model !== undefined && prompt.trim() !== '' && hindrance === undefined && !sending;
  const shortage = model && shortageOf(usage, fitted(settings, model).count);
  const canCreate = isReady && shortage === undefined;
  const canCreateLess = isReady && shortage !== undefined && shortage.left > 0;

  const now = useRef({ prompt, settings });
  useLayoutEffect(() => {
    now.current = { prompt, settings };
  });
  /** The server has what was in the composer; what was changed since stays there. */
  const begun = (request: ImageRequest): void => {
    const { prompt: here, settings: wishes } = now.current;
    if (withPresets(here, wishes.presets) !== request.prompt) {
      return;
    }
    setPrompt('');
    attachments.lose(draft, request.image_file_ids ?? []);
    if (wishes.seed !== undefined && !wishes.seedKept) {
      setSettings({ ...wishes, seed: undefined });
    }
  };
  const { refused, setRefused } = useRefused(draft, begun);

  /** Begins what is asked for; a refusal is shown, and can be tried again. */
  const make = async (request: ImageRequest): Promise<boolean> => {
    setRefused(undefined);
    try {
      await start(request);
      return true;
    } catch (refusal) {
      const problem = asProblem(refusal);
      const lost = goneOf(problem, request).length > 0;
      setRefused({ problem: lost ? deleted(problem) : problem, request, composed: false });
      return false;
    }
  };

  /** Makes what is in the composer. It stays there until the server has it. */
  const create = async (): Promise<void> => {
    if (model && canCreate) {
      await send(model, settings);
    }
  };

  /** Makes as many as the plan has left. */
  const createLess = async (): Promise<void> => {
    if (model && canCreateLess) {
      await send(model, { ...settings, count: shortage.left });
    }
  };

  const send = async (by: ImageModel, wishes: Settings): Promise<void> => {
    const inputs = list.flatMap(({ file }) => file?.id ?? []);
    const request = requestOf(wishes, by, withPresets(prompt, wishes.presets), inputs);
    setSending(true);
    setRefused(undefined);
    try {
      await start(request);
      attachments.lose(draft, inputs); // also where the words were changed since
      begun(request);
    } catch (refusal) {
      const problem = asProblem(refusal);
      const lost = goneOf(problem, request);
      setGone(lost);
      if (lost.length === 0) {
        setRefused({ problem, request, composed: true });
      }
    } finally {
      setSending(false);
    }
  };
  return {
    draft,
    models,
    modelsError: models ? null : error,
    reloadModels: () => void refetch(),
    model,
    /** Pictures can go along with another model only. */
    editor: hindrance === 'blind' ? editor(models ?? [], model) : undefined,
    choose: (next: ImageModel) => setSettings({ ...settings, model: next.id }),
    settings,
    setSettings,
    unmet: model ? unmet(settings, model) : [],
    prompt,
    setPrompt,
    list,
    gone,
    removeGone: () => attachments.lose(draft, gone),
    hindrance,
    shortage,
    canCreate,
    canCreateLess,
    sending,
    create,
    createLess,
    make,
    refusal: refused?.problem,
    closeRefusal: () => setRefused(undefined),
    /** Asks again for what was refused; of the composer for what is in it now. */
    retry: (): void => {
      if (refused && !refused.composed) {
        void make(refused.request);
      } else {
        void (canCreate ? create() : createLess());
      }
    },

    /** Lets pictures from the device go along. */
    add: (files: readonly File[]): void => {
      const { pictures, others } = picturesOf(files);
      if (others.length > 0) {
        toast({
          title: i18n.t('Only pictures can go along'),
          description: others.map(({ name }) => name).join(', '),
          error: true,
        });
      }
      const limits = limitsFor(models ?? [], model);
      const room = Math.max(0, (limits?.max_count ?? mostInputs) - list.length);
      if (pictures.length > room) {
        toast({
          title: i18n.t('{most, plural, one {# picture goes} other {# pictures go}} along at most', {
            most: room + list.length,
          }),
          description: i18n.t('{left, plural, one {# picture was} other {# pictures were}} left out.', {
            left: pictures.length - room,
          }),
          error: true,
        });
      }
      attachments.add(draft, pictures.slice(0, room), { images: asImageLimits(limits), wanted: 'pictures' });
    },

    /** Lets a picture of the gallery go along. */
    edit: (file: ImageFile): void => attachments.include(draft, [attachedOf(file)]),

    /** Fills the composer with what something was made of; of one picture, with its seed. */
    reuse: ({ input }: ImageJob, file?: ImageFile): void => {
      const { prompt: typed, presets } = splitPresets(input.prompt);
      const of = find(input.model);
      const seed = file?.seed ?? input.seed;
      replace({
        prompt: typed,
        settings: {
          ...wishesOf({ ...input, ...(seed !== undefined && { seed }) }, of, presets),
          ...(file && { count: 1 }),
        },
        files: (input.image_file_ids ?? []).map((id) => attachedById(id, i18n.t('Picture'))),
      });
    },

    /** Fills it with an example; what goes along stays. */
    example: (words: string, presets: string[]): void => replace({ prompt: words, settings: { ...settings, presets } }),
  };
}

/** What the refusal says to programs, for people. */
function deleted({ document, cause }: Problem): Problem {
  const detail = i18n.t('A picture that this is made from was deleted.');
  return new Problem({ ...document, detail, errors: null }, cause);
}

export type Images = ReturnType<typeof useImages>;
