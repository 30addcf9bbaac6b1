import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Problem } from '@/shared/api/problem';
import { sessionKey, useUser } from '@/shared/api/session';
import { usageQuery } from '@/shared/api/usage';
import { answers } from './answers';
import { ask, bodyOf, type Question } from './ask';
import { makesPictures, settingsFor } from './model-settings';
import { conversationQuery } from './queries';
import { regenerate } from './regenerate';
import { ownerOf } from './settle';
import { stop } from './stop';
import { turnedTo, useTarget } from './target';
import { threadOf } from './thread';
import type { Ask, Message } from './types';
import { usePending, useThread } from './use-answers';
import { useModelChoice } from './use-models';
import { useSettings } from './use-settings';
import { useWaiting } from './use-waiting';
import { nextOf, type WaitingQuestion, type Written, waiting } from './waiting';

const unauthenticated = 401;
const notFound = 404;

/** Everything that the page of a conversation shows and does; without an id, of a new one. */
export function useChat(conversationId: string | undefined) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const userId = useUser().id;
  const draftKey = draftKeyOf(userId, conversationId);
  const thread = useThread(conversationId);
  const pending = usePending(thread);
  const query = useQuery({ ...conversationQuery(conversationId ?? ''), enabled: conversationId !== undefined });
  const target = useTarget();
  const stored = conversationId === undefined ? undefined : query.data;
  const conversation = useMemo(() => turnedTo(stored, target.id), [stored, target.id]);
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
    void client.invalidateQueries({ queryKey: usageQuery.queryKey });
  };

  const put = async (question: Omit<Question, 'thread' | 'conversation'>): Promise<void> => {
    setRefusal(undefined);
    try {
      const { conversation_id: id } = await ask(client, { ...question, thread, conversation });
      if (conversationId !== undefined) {
        return;
      }
      waiting.move(draftKey, draftKeyOf(userId, id));
      if (shown.current === thread) {
        await navigate({ to: '/chat/{-$conversationId}', params: { conversationId: id }, replace: true });
      }
      answers.startNewThread();
    } catch (error) {
      refuse(error);
      throw error;
    }
  };

  const head = conversation?.head_id ?? '';
  const send = async (written: Written, parentId = head): Promise<void> => {
    const { model } = choice;
    if (!model) {
      throw new Error('no model to ask');
    }
    const picture = makesPictures(model);
    await put({ ...written, parentId, model: model.id, settings: settingsFor(model, settings), picture });
    if (!(picture && conversation)) {
      setSettings(undefined); // those for text are not sent with a picture
    }
  };

  const standing = {
    busy: pending !== undefined || running !== undefined || (conversationId !== undefined && !conversation),
    well: last?.status === 'completed' && last.role === 'assistant',
    elsewhere: (id: string) =>
      conversation?.messages.some((message) => message.id === id) === true &&
      !turns.some(({ message }) => message.id === id),
  };
  const questions = useWaiting(draftKey, standing, async ({ id }) => {
    const question = waiting.begin(draftKey, id, head);
    if (!question) {
      return;
    }
    try {
      await put({ parentId: head, ...question, idempotencyKey: id, patient: true });
      waiting.taken(draftKey, id);
    } catch {
      waiting.refused(draftKey, id);
    }
  });

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
    error: conversation === undefined || isGone(query.error) ? query.error : null,
    target,
    reload: query.refetch,
    /** Tokens that the next question takes at the very least: what has been said, and the answer's limit where one is set. */
    least: makesPictures(choice.model) ? 0 : (last?.usage?.total_tokens ?? 0) + (settings.max_tokens ?? 0),
    refusal: refusal?.thread === thread ? refusal.problem : undefined,

    /** Asks the chosen model. Rejects when the question was not taken; then why is in `refusal`. */
    send,

    /** Those that were sent while an answer was being written. */
    waiting: questions,

    /** Nothing is being written and yet they wait: what comes before them did not end well. */
    heldUp: questions.length > 0 && !standing.busy && !nextOf(questions, standing),

    /** Lets a question wait for the answer that is being written, or stops that and asks at once. */
    wait: (written: Written, now: boolean): void => {
      const { model } = choice;
      if (!(model && running)) {
        return;
      }
      const asked = {
        model: model.id,
        settings: settingsFor(model, settings),
        after: running.id,
        ...(makesPictures(model) && { picture: true }),
      };
      waiting.add(draftKey, { ...written, ...asked, ...(now && { now }) });
      if (now) {
        void stop(running.id);
      }
    },

    /** Asks one that waits before the others, and stops what is being written. */
    askNow: (question: WaitingQuestion): void => {
      waiting.first(draftKey, question.id);
      if (running) {
        void stop(running.id);
      }
    },

    /** What the server would be asked; undefined while there is no model to ask. */
    bodyOf: (written: Written, parentId = head): Ask | undefined => {
      const { model } = choice;
      return (
        model && bodyOf({ ...written, parentId, model: model.id, settings: settingsFor(model, settings), conversation })
      );
    },

    /** Takes one out. */
    unwait: (question: WaitingQuestion): void => waiting.remove(draftKey, question.id),

    /** Asks a question in other words, beside what came of the first ones. Rejects as send does. */
    reword: (question: Message, written: Written): Promise<void> => {
      target.leave();
      return send(written, question.parent_id);
    },

    /** Asks the chosen model, or another one, for another answer to the same question. */
    again: async (message: Message, modelId = choice.model?.id): Promise<void> => {
      if (!(conversation && modelId) || running) {
        return;
      }
      setRefusal(undefined);
      target.leave();
      try {
        await regenerate(client, conversation, message, modelId);
      } catch (error) {
        refuse(error);
      }
    },
  };
}

export type Chat = ReturnType<typeof useChat>;

/** Whether the conversation is there no more: another tab or device has deleted it. */
function isGone(error: unknown): boolean {
  return error instanceof Problem && error.status === notFound;
}

/** Under which the drafts of a conversation lie; without an id, of the next new one. */
function draftKeyOf(userId: string, conversationId: string | undefined): string {
  return `${userId}.chat.${conversationId ?? 'new'}`;
}

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
