import type { ChatSettings, Model } from './types';

/** Whether a model answers with a picture. */
export function makesPictures(model: Model | undefined): boolean {
  return model?.picture !== undefined;
}

/**
 * Of a conversation's settings those that a model takes; the server refuses the others. It keeps them for the next
 * model when a picture is asked for.
 */
export function settingsFor(model: Model, settings: ChatSettings): ChatSettings {
  const { system_prompt, temperature, max_tokens, reasoning_effort } = settings;
  if (makesPictures(model)) {
    return system_prompt === undefined ? {} : { system_prompt };
  }
  const most = model.max_output_tokens;
  return {
    ...(system_prompt !== undefined && { system_prompt }),
    ...(temperature !== undefined && takesTemperature(model) && { temperature }),
    ...(max_tokens !== undefined && { max_tokens: most > 0 ? Math.min(max_tokens, most) : max_tokens }),
    ...(reasoning_effort !== undefined && model.reasoning_efforts.includes(reasoning_effort) && { reasoning_effort }),
  };
}

export function takesTemperature(model: Model): boolean {
  return model.parameters.includes('temperature');
}

/** Whether anything differs from how a model answers by itself. */
export function isChanged(settings: ChatSettings): boolean {
  return Object.values(settings).some((value) => value !== undefined && value !== '');
}
