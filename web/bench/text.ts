/**
 * An answer as models write them: headings, lists, tables, formulas, links and
 * long code in several languages. The same every time.
 */
const sections = [
  (n: number) => `## ${n}. How the queue behaves under load

A queue between two services absorbs bursts, and **hides** that the consumer is too slow. Watch the *age* of the oldest
message rather than the length: with arrival rate $\\lambda_{${n}}$ and service rate $\\mu$, the mean wait is

$$
W_q = \\frac{\\rho^{${n % 7}}}{\\mu (1 - \\rho)}, \\qquad \\rho = \\frac{\\lambda}{\\mu}
$$

so at a utilisation of 90 % it is nine times the service time. See [Little's law](https://example.com/little-${n}) and
\`queue.age\` in the dashboard, which costs about $${n} a month.

- Start with a bound, and refuse above it.
- Tell the caller *when* to come again:
  - a \`Retry-After\` in seconds,
  - with some jitter, so that they do not all return at once.
- Measure at the consumer, after the work is **done**.
`,
  (n: number) => `### The worker in Go

\`\`\`go
package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Worker${n} takes jobs from a queue until its context ends.
type Worker${n} struct {
	Queue   <-chan Job
	Patience time.Duration
	Log     *slog.Logger
}

func (w *Worker${n}) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case job, ok := <-w.Queue:
			if !ok {
				return nil // nobody will send any more
			}
			attempt, cancel := context.WithTimeout(ctx, w.Patience)
			err := job.Do(attempt)
			cancel()
			switch {
			case err == nil:
			case errors.Is(err, context.DeadlineExceeded):
				w.Log.WarnContext(ctx, "too slow", "job", job.ID, "after", w.Patience)
			default:
				w.Log.ErrorContext(ctx, "failed", "job", job.ID, "error", err)
			}
		}
	}
}
\`\`\`

It stops in order: what it has begun, it ends.
`,
  (n: number) => `### What was measured

| run ${n} | requests | p50 | p99 | errors | note |
|---|---:|---:|---:|---:|:--|
| base | 12 000 | 3.1 ms | 18 ms | 0 | one consumer |
| two consumers | 24 000 | 3.0 ms | 12 ms | 0 | \`GOMAXPROCS=2\` |
| bounded | 24 000 | 2.9 ms | 9 ms | 41 | refused with **429** |
| with retries | 24 000 | 3.3 ms | 31 ms | 0 | see [below](#retries) |
| cold | 1 200 | 9.4 ms | 88 ms | 3 | first minute only |

> The ninety-ninth percentile of a *minute* is what people feel; that of a day tells nothing.
`,
  (n: number) => `### The same from Python

\`\`\`python
import asyncio
import random
from dataclasses import dataclass, field


@dataclass
class Backoff${n}:
    """Waits longer after every failure, and never all at once."""

    base: float = 0.2
    most: float = 30.0
    failures: int = field(default=0, init=False)

    async def wait(self) -> None:
        self.failures += 1
        limit = min(self.most, self.base * 2**self.failures)
        await asyncio.sleep(random.uniform(0, limit))

    def reset(self) -> None:
        self.failures = 0


async def fetch(session, url: str, backoff: Backoff${n}) -> bytes:
    for _ in range(8):
        async with session.get(url) as response:
            if response.status < 500 and response.status != 429:
                backoff.reset()
                return await response.read()
        await backoff.wait()
    raise TimeoutError(f"{url} did not answer")
\`\`\`

1. The first failure waits at most 0.4 s.
2. The eighth waits at most 30 s.
3. A success begins anew.
`,
  (n: number) => `### In the page

\`\`\`typescript
interface Reading${n} {
  readonly text: string;
  readonly done: boolean;
}

const word = /[^a-z]+/giu;

export async function* read(response: Response): AsyncGenerator<Reading${n}> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    yield { text, done: false };
  }
  yield { text: text.replaceAll(word, ' '), done: true };
}
\`\`\`

- [x] Decode with \`stream: true\`, or a letter of two bytes breaks.
- [ ] Show what came at most every \`60\` ms.
- [ ] Keep ~~everything~~ the last state only.

\`\`\`sql
SELECT job.id, job.kind, count(event.seq) AS events, max(event.at) AS latest
FROM jobs AS job
LEFT JOIN events AS event ON event.job_id = job.id
WHERE job.user_id = $1 AND job.status IN ('running', 'queued')
GROUP BY job.id, job.kind
HAVING count(event.seq) > ${n}
ORDER BY latest DESC NULLS LAST
LIMIT 50;
\`\`\`
`,
];

/** What a stand-in calls a token, see `[recite]` in internal/provider/standin/prompt.go. */
const lettersOfToken = 4;

/** Whole sections of the text from one on, of about so many tokens. */
export function text(tokens: number, from = 0): string {
  let result = '';
  for (let n = from; result.length < tokens * lettersOfToken; n += 1) {
    result += `${sections[n % sections.length]?.(n + 1)}\n`;
  }
  return result;
}

export function tokensOf(said: string): number {
  return Math.ceil([...said].length / lettersOfToken);
}
