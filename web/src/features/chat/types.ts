import type { ConversationSummary as ApiSummary, AttachedFile, StoredMessage, TokenUsage } from '@/shared/api/types';

export type {
  Ask,
  AttachedFile,
  ChatSettings,
  Conversation,
  Count,
  ImageLimits,
  Model,
  StoredMessage as Message,
  TokenUsage,
} from '@/shared/api/types';

/** A conversation in a list; in a search with where it was found: in a message, or where that is empty in the title. */
export type ConversationSummary = ApiSummary & { match?: { message_id: string; snippet: string } };

/** A page of a list of conversations. */
export interface ConversationPage {
  items: ConversationSummary[];
  next_cursor?: string;
}

/** Where an answer stands. */
export type AnswerStatus = 'processing' | 'completed' | 'failed' | 'cancelled';

/** The data of a start or restart event of a chat. */
export interface Beginning {
  job_id: string;
  conversation_id: string;
  user_message_id: string;
  message_id: string;
  model: string;
  provider: string;
}

/** The data of a done event of a chat. */
export interface Ending {
  finish_reason: string;
  status: 'completed' | 'cancelled';
  usage: TokenUsage;
}

/** The data of a progress event of an answer that is a picture. */
export interface PictureProgress {
  percent: number;
  file?: Omit<AttachedFile, 'kind'>;
}

export function isAnswer(message: StoredMessage): boolean {
  return message.role === 'assistant';
}
