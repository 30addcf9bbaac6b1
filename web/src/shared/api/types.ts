import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['User'];
export type UsageSummary = Schemas['Summary'];
export type MeterState = Schemas['MeterState'];
export type AuthOptions = Schemas['OptionsOutputBody'];

export type Job = Schemas['Job'];
export type JobStatus = Job['status'];
export type Receipt = Schemas['Receipt'];
export type TokenUsage = Schemas['TokenUsage'];

export type Model = Schemas['ChatModel'];
export type ConversationSummary = Schemas['ConversationSummary'];
export type Conversation = Schemas['Conversation'];
export type StoredMessage = Schemas['StoredMessage'];
export type Ask = Schemas['Ask'];
export type ChatSettings = Pick<Ask, 'system_prompt' | 'temperature' | 'max_tokens' | 'reasoning_effort'>;
export type AttachedFile = Schemas['AttachedFile'];
export type ImageLimits = Schemas['ImageLimits'];
export type Count = Schemas['Count'];

export type ImageModel = Schemas['ImageModel'];
export type ImageModels = Schemas['ImageModelList'];
export type ImageSize = Schemas['ImageSize'];
export type EditLimits = Schemas['EditLimits'];
export type ImageRequest = Schemas['ImageRequest'];
