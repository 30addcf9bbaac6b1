import { describe, expect, test as it } from 'vitest';
import { asProblem, offlineProblem, Problem, problemFrom, problemOf } from './problem';

const quota = {
  type: 'urn:pulse:problem:quota',
  title: 'Used up',
  status: 402,
  detail: 'Your tokens are used up.',
  request_id: 'r1',
  limit: 100,
};

describe('problemOf', () => {
  it('a problem document keeps its words and its own fields', async () => {
    const problem = await problemOf(new Response(JSON.stringify(quota), { status: 402 }));
    expect(problem.message).toBe('Your tokens are used up.');
    expect(problem.kind).toBe('quota');
    expect(problem.requestId).toBe('r1');
    expect(problem.document.limit).toBe(100);
    expect(problem.retryable).toBe(false);
  });

  it('what a proxy says becomes a sentence with the status and the request id', async () => {
    const headers = { 'X-Request-Id': 'r2' };
    const problem = await problemOf(new Response('<html>bad gateway</html>', { status: 502, headers }));
    expect(problem.message).toContain('502');
    expect(problem.message).not.toContain('html');
    expect(problem.requestId).toBe('r2');
    expect(problem.retryable).toBe(true);
  });
});

it('the title speaks where there is no detail', () => {
  expect(problemFrom({ title: 'Gone', status: 404 }, { status: 0 }).message).toBe('Gone');
});

it('wrong fields are named as the form names them, the first word on each counts', () => {
  const errors = [
    { location: 'body.email', message: 'is taken' },
    { location: 'body.email', message: 'is too long' },
    { location: 'query.limit', message: 'must be a number' },
  ];
  expect(new Problem({ ...quota, errors }).fields).toEqual({ email: 'is taken', 'query.limit': 'must be a number' });
});

it.each<[number, boolean]>([
  [0, true],
  [400, false],
  [404, false],
  [429, true],
  [500, true],
  [503, true],
])('status %i can be tried again: %s', (status, retryable) => {
  expect(new Problem({ ...quota, status }).retryable).toBe(retryable);
});

it('any thrown thing becomes a problem that blames nobody’s data, and a problem stays itself', () => {
  const broken = new TypeError('x is undefined');
  expect(asProblem(broken).message).not.toContain('undefined');
  expect(asProblem(broken).cause).toBe(broken);
  const offline = offlineProblem(broken);
  expect(asProblem(offline)).toBe(offline);
});
