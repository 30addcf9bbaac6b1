import { describe, expect, test as it } from 'vitest';
import { withDollars } from './formulas';

describe('withDollars', () => {
  it.each([
    ['no formula', 'Just text.', 'Just text.'],
    ['inside a line', String.raw`so \(a^2 + b^2\) holds`, 'so $$a^2 + b^2$$ holds'],
    ['on its own', String.raw`so \[ x = 1 \] holds`, 'so \n$$\nx = 1\n$$\n holds'],
    ['over lines', '\\[\nx\n= 1\n\\]', '\n$$\nx\n= 1\n$$\n'],
    ['single dollars', 'mass $E = mc^2$ is', 'mass $$E = mc^2$$ is'],
    ['double dollars stay', 'so $$x$$ and\n$$\ny\n$$', 'so $$x$$ and\n$$\ny\n$$'],
    ['prices', 'from $5 to $10, or $3/month and $4', 'from $5 to $10, or $3/month and $4'],
    ['an escaped dollar', String.raw`\$5 and $x$`, String.raw`\$5 and $$x$$`],
    ['unfinished', String.raw`so \(a^2`, String.raw`so \(a^2`],
    ['a code span', 'run `echo $A$B` now $x$', 'run `echo $A$B` now $$x$$'],
    ['a code block', '```sh\necho $a$\n```\n$x$', '```sh\necho $a$\n```\n$$x$$'],
    ['an unfinished code block', 'so\n```sh\necho $a$ \\(b\\)', 'so\n```sh\necho $a$ \\(b\\)'],
  ])('%s', (_, text, want) => {
    expect(withDollars(text)).toBe(want);
  });
});
