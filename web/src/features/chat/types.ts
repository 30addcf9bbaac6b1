import type { StoredMessage, TokenUsage } from '@/shared/api/types';

export type {
  Ask,
  ChatSettings,
  Conversation,
  ConversationSummary,
  Model,
  StoredMessage as Message,
  TokenUsage,
} from '@/shared/api/types';

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

export function isAnswer(message: StoredMessage): boolean {
  return message.role === 'assistant';
}
