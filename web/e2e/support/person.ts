import { randomUUID } from 'node:crypto';
import { type APIRequestContext, expect } from '@playwright/test';
import type { components } from '../../src/shared/api/schema';

export type Conversation = components['schemas']['Conversation'];
type StoredMessage = components['schemas']['StoredMessage'];

export interface Person {
  email: string;
  password: string;
  name: string;
}

/** Somebody whom no server knows yet. */
export function somebody(name = 'Ada Lovelace'): Person {
  return { email: `${randomUUID()}@example.com`, password: 'correct horse battery', name };
}

/** Makes the account; the browser that the request belongs to is signed in then. */
export async function register(request: APIRequestContext, person: Person): Promise<void> {
  const answer = await request.post('/api/v1/auth/register', {
    data: { email: person.email, password: person.password, full_name: person.name },
  });
  expect(answer.status(), await answer.text()).toBe(201);
}

export async function signIn(request: APIRequestContext, { email, password }: Person): Promise<void> {
  const answer = await request.post('/api/v1/auth/login', { data: { email, password } });
  expect(answer.status(), await answer.text()).toBe(200);
}

export async function conversation(request: APIRequestContext, id: string): Promise<Conversation> {
  const answer = await request.get(`/api/v1/conversations/${id}`);
  expect(answer.status(), await answer.text()).toBe(200);
  return answer.json();
}

/** The message that a conversation ends with, as the server keeps it. */
export async function lastMessage(request: APIRequestContext, id: string): Promise<StoredMessage> {
  const { messages, head_id: head } = await conversation(request, id);
  const last = messages?.find((message) => message.id === head);
  if (!last) {
    throw new Error(`conversation ${id} has no message ${head}`);
  }
  return last;
}

/** Asks by the API and gives the conversation, which is answered by then. */
export async function complete(request: APIRequestContext, model: string, question: string): Promise<string> {
  const answer = await request.post('/api/v1/chat/complete', {
    data: { model, messages: [{ role: 'user', content: question }] },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  const { conversation_id: id } = (await answer.json()) as { conversation_id: string };
  return id;
}
