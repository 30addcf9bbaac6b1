import { describe, expect, test as it } from 'vitest';
import { messagesOf } from './thread';
import { branchTo } from './tree';
import { atOnce, grown, more } from './use-growing';
import { sameTurns } from './use-same';

const pending = { question: 'Why?', parentId: '', model: 'm', createdAt: '' };
const messages = ['1', '2', '3'].flatMap((n) =>
  messagesOf({ ...pending, questionId: `q${n}`, answerId: `a${n}`, parentId: n === '1' ? '' : `a${Number(n) - 1}` }),
);

describe('sameTurns', () => {
  it('a change of one message renders that one alone', () => {
    const before = branchTo(messages, 'a3');
    const changed = messages.map((message) => (message.id === 'a3' ? { ...message, content: 'Because.' } : message));
    const after = sameTurns(before, branchTo(changed, 'a3'));
    expect(after.map((turn, index) => turn === before[index])).toEqual([true, true, true, true, true, false]);
  });

  it('a new sibling renders its siblings', () => {
    const before = branchTo(messages, 'a3');
    const [other] = messagesOf({ ...pending, question: null, questionId: '', answerId: 'b1', parentId: 'q1' });
    const after = sameTurns(before, branchTo([...messages, ...(other ? [other] : [])], 'a3'));
    expect(after.map((turn, index) => turn === before[index])).toEqual([true, false, true, true, true, true]);
  });
});

describe('grown', () => {
  it('comes to the first message', () => {
    let first = 500 - atOnce;
    let slices = 0;
    while (first > 0) {
      first = grown(first);
      slices += 1;
    }
    expect(first).toBe(0);
    expect(slices).toBe(Math.ceil((500 - atOnce) / more));
  });
});
