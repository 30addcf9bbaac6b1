import { expect, test as it } from 'vitest';
import { settingsFor } from './model-settings';
import type { ChatSettings, Model } from './types';

const model: Model = {
  id: 'm',
  name: 'M',
  provider: 'p',
  provider_name: 'P',
  available: true,
  context_window: 1000,
  max_output_tokens: 500,
  abilities: [],
  parameters: [],
  reasoning_efforts: [],
  demo: false,
};
const wanted: ChatSettings = { system_prompt: '', temperature: 0.2, max_tokens: 900, reasoning_effort: 'low' };

it.each<[string, Partial<Model>, ChatSettings, ChatSettings]>([
  ['what a plain model takes', {}, wanted, { system_prompt: '', max_tokens: 500 }],
  [
    'all that a model takes',
    { parameters: ['temperature'], reasoning_efforts: ['low', 'high'], max_output_tokens: 0 },
    wanted,
    wanted,
  ],
  ['an effort that it does not have', { reasoning_efforts: ['high'] }, { reasoning_effort: 'low' }, {}],
  [
    'of a model that makes pictures what is kept alone',
    { picture: { width: 1, height: 1 } },
    wanted,
    { system_prompt: '' },
  ],
  ['nothing set is nothing sent', { parameters: ['temperature'] }, {}, {}],
])('%s', (_name, kind, settings, want) => {
  expect(settingsFor({ ...model, ...kind }, settings)).toEqual(want);
});
