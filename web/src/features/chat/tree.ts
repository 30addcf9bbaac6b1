import type { Message } from './types';

/** A message of the branch that is shown, with its place among its siblings. */
export interface Turn {
  message: Message;
  /** All answers to the same question, or questions after the same answer, by time. */
  siblings: string[];
}

/**
 * The branch from the first message to the head, which is what a conversation
 * shows. A head that is not there gives what is there: the newest leaf's branch.
 */
export function branchTo(messages: readonly Message[], head: string): Turn[] {
  const byId = new Map(messages.map((each) => [each.id, each]));
  const children = childrenOf(messages);
  const turns: Turn[] = [];
  let message = byId.get(head) ?? messages.at(-1);
  // A parent that is its own descendant would never end; no branch is longer than the tree.
  while (message && turns.length < messages.length) {
    turns.push({ message, siblings: (children.get(message.parent_id) ?? []).map((sibling) => sibling.id) });
    message = byId.get(message.parent_id);
  }
  return turns.reverse();
}

/** The leaf to show when a person turns to this message: its newest descendant. */
export function leafOf(messages: readonly Message[], id: string): string {
  const children = childrenOf(messages);
  let leaf = id;
  for (const _ of messages) {
    const newest = children.get(leaf)?.at(-1);
    if (!newest) {
      break;
    }
    leaf = newest.id;
  }
  return leaf;
}

function childrenOf(messages: readonly Message[]): Map<string, Message[]> {
  const children = new Map<string, Message[]>();
  for (const message of messages) {
    const list = children.get(message.parent_id);
    if (list) {
      list.push(message);
    } else {
      children.set(message.parent_id, [message]);
    }
  }
  return children;
}
