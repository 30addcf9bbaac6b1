import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Problem } from '@/shared/api/problem';
import { sessionKey, useUser } from '@/shared/api/session';
import { answers } from './answers';
import { ask } from './ask';
import { settingsFor } from './model-settings';
import { conversationQuery } from './queries';
import { regenerate } from './regenerate';
import { ownerOf } from './settle';
import { threadOf } from './thread';
import type { Message } from './types';
import { usePending, useThread } from './use-answers';
import { useModelChoice } from './use-models';
import { useSettings } from './use-settings';

const unauthenticated = 401;

/** Everything that the page of a conversation shows and does; without an id, of a new one. */
export function useChat(conversationId: string | undefined) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const draftKey = `${useUser().id}.chat.${conversationId ?? 'new'}`;
  const thread = useThread(conversationId);
  const pending = usePending(thread);
  const query = useQuery({ ...conversationQuery(conversationId ?? ''), enabled: conversationId !== undefined });
  const conversation = conversationId === undefined ? undefined : query.data;
  const choice = useModelChoice(thread, conversation);
  const [settings, setSettings] = useSettings(draftKey, conversation);
  const [refusal, setRefusal] = useState<{ thread: string; problem: Problem }>();

  const turns = useMemo(() => threadOf(conversation, pending), [conversation, pending]);
  const last = turns.at(-1)?.message;
  const running = last?.status === 'processing' ? last : undefined;
  useReading(conversationId, running);

  // What is on the screen when something that took time is done; undefined when that is another page.
  const shown = useRef<string>(undefined);
  useEffect(() => {
    shown.current = thread;
    return () => {
      shown.current = undefined;
    };
  }, [thread]);

  const refuse = (error: unknown) => {
    if (!(error instanceof Problem)) {
      return; // taken back before it got through
    }
    if (error.status === unauthenticated) {
      client.invalidateQueries({ queryKey: sessionKey });
    }
    setRefusal({ thread, problem: error });
  };

  const send = async (text: string, parentId = conversation?.head_id ?? ''): Promise<void> => {
    const { model } = choice;
    if (!model) {
      throw new Error('no model to ask');
    }
    setRefusal(undefined);
    try {
      const settled = settingsFor(model, settings);
      const question = { thread, conversation, parentId, text, model: model.id, settings: settled };
      const { conversation_id: id } = await ask(client, question);
      setSettings(undefined);
      if (conversationId !== undefined) {
        return;
      }
      if (shown.current === thread) {
        await navigate({ to: '/chat/{-$conversationId}', params: { conversationId: id }, replace: true });
      }
      answers.startNewThread();
    } catch (error) {
      refuse(error);
      throw error;
    }
  };

  return {
    thread,
    draftKey,
    conversation,
    turns,
    running,
    choice,
    settings,
    setSettings,
    loading: conversationId !== undefined && query.isPending,
    error: conversation === undefined ? query.error : null,
    reload: query.refetch,
    refusal: refusal?.thread === thread ? refusal.problem : undefined,

    /** Asks the chosen model. Rejects when the question was not taken; then why is in `refusal`. */
    send,

    /** Asks a question in other words, beside what came of the first ones. Rejects as send does. */
    reword: (question: Message, text: string): Promise<void> => send(text, question.parent_id),

    /** Asks the chosen model for another answer to the same question. */
    again: async (message: Message): Promise<void> => {
      if (!(conversation && choice.model) || running) {
        return;
      }
      setRefusal(undefined);
      try {
        await regenerate(client, conversation, message, choice.model.id);
      } catch (error) {
        refuse(error);
      }
    },
  };
}

export type Chat = ReturnType<typeof useChat>;

/** Reads a running answer while it is on the screen, wherever it was started. */
function useReading(conversationId: string | undefined, running: Message | undefined): void {
  const client = useQueryClient();
  const messageId = running?.id;
  const jobId = running?.job_id;
  useEffect(() => {
    if (messageId === undefined) {
      return;
    }
    if (jobId && conversationId !== undefined) {
      answers.read(messageId, { jobId }, ownerOf(client, { conversationId, messageId }));
    }
    return answers.hold(messageId);
  }, [client, conversationId, messageId, jobId]);
}
