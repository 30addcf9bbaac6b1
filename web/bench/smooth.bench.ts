import { cpus, loadavg } from 'node:os';
import type { Page } from '@playwright/test';
import { type Chat, models } from '../e2e/support/chat';
import { conversation } from '../e2e/support/person';
import { itAlone } from '../e2e/support/test';
import { type Figures, Meter } from './meter';
import { text, tokensOf } from './text';

/** How often everything is measured. One run tells little where others work on the same machine. */
const runs = Number(process.env.BENCH_RUNS ?? 3);
/** `BENCH_PROFILE=1` also prints where the time of an answer goes, which makes it slower. */
const profiled = process.env.BENCH_PROFILE !== undefined;

const rates = [1, 4];
const answerTokens = 10_000;
/** The same rate, at the end of a long conversation. */
const lastTokens = 2500;
const messages = 500;
/** 250 tokens a second. */
const pace = '4ms';

const plans = `plans:
  - key: bench
    name: Bench
    caps: { tokens: 1000000000 }
`;

type Row = Partial<Figures> & { heap?: number; rate?: number };
const rows = new Map<string, Row[]>();

function note(name: string, row: Row): void {
  const list = rows.get(name) ?? [];
  rows.set(name, [...list, row]);
}

const it = itAlone(({ settings }) => ({ ...settings, PULSE_PLANS_FILE: 'plans.yaml', PULSE_DEFAULT_PLAN: 'bench' }), {
  'plans.yaml': plans,
});

const begun = loadavg();
it.afterAll(print);

/** Asks by the API. The stand-in recites what it is told in the system prompt. */
async function recited(page: Page, said: string, conversationId?: string): Promise<string> {
  const answer = await page.request.post('/api/v1/chat/complete', {
    data: {
      model: models.openai.id,
      messages: [{ role: 'user', content: 'How does it behave, and what was measured? [recite]' }],
      system_prompt: said,
      max_tokens: 32_000,
      ...(conversationId !== undefined && { conversation_id: conversationId }),
    },
    timeout: 60_000,
  });
  if (!answer.ok()) {
    throw new Error(await answer.text());
  }
  const { conversation_id: id } = await answer.json();
  return id;
}

/** The answer to one more question while it is written, at the end of a conversation. */
async function streams(page: Page, meter: Meter, chat: Chat, name: string): Promise<void> {
  const count = await chat.answers.count();
  const { system_prompt: said } = await conversation(page.request, chat.id).then(({ settings }) => settings);
  // A person types for longer than this. The renderer of answers comes with the first key.
  await chat.composer.fill(`And now at the pace of a fast model? [recite] [pace ${pace}]`);
  await page.waitForTimeout(1000);
  await meter.reset();
  const start = performance.now();
  const run = async () => {
    await chat.composer.press('Enter');
    await page.waitForFunction(
      (before) => {
        const articles = [...document.querySelectorAll('article[aria-busy]')];
        return articles.length > before && articles.at(-1)?.getAttribute('aria-busy') === 'false';
      },
      count,
      { timeout: 300_000, polling: 500 },
    );
  };
  if (profiled) {
    console.log(`\n${name}\n${await meter.profile(run)}`);
  } else {
    await run();
  }
  const took = (performance.now() - start) / 1000;
  const figures = await meter.read();
  note(name, { ...figures, painted: 0, input: 0, heap: await meter.heap(), rate: tokensOf(said ?? '') / took });
}

for (let run = 1; run <= runs; run += 1) {
  for (const rate of rates) {
    const slower = rate === 1 ? '' : `, CPU ${rate} times slower`;

    it(`an answer${slower}, run ${run}`, async ({ page, chat }) => {
      const id = await recited(page, 'A short one, to begin with.');
      await page.request.patch(`/api/v1/conversations/${id}`, { data: { title: 'Bench' } });
      // The next question goes with this prompt, which the conversation keeps.
      await recited(page, text(answerTokens), id);
      const [first] = (await conversation(page.request, id)).messages ?? [];
      await page.request.patch(`/api/v1/conversations/${id}`, { data: { head_id: first?.id } });
      const meter = await Meter.on(page);
      await chat.open({ conversation: id });
      await chat.questions.first().waitFor();
      await meter.slow(rate);
      await streams(page, meter, chat, `an answer of ${answerTokens} tokens${slower}`);
    });

    it(`a long conversation${slower}, run ${run}`, async ({ page, chat }) => {
      let id: string | undefined;
      for (let turn = 0; turn < messages / 2; turn += 1) {
        const last = turn === messages / 2 - 1;
        id = await recited(page, text(last ? lastTokens : 200, turn), id);
      }
      const meter = await Meter.on(page);
      await meter.slow(rate);
      await chat.open({ conversation: id ?? '' });
      await page.waitForFunction(() => window.meter.painted > 0, null, { timeout: 120_000 });
      await page.waitForTimeout(3000 * rate);
      const long = `${messages} messages${slower}`;
      note(`opening ${long}`, { ...(await meter.read()), dropped: 0, input: 0, heap: await meter.heap() });

      await meter.reset();
      await page.mouse.move(640, 400);
      for (let step = 0; step < 60; step += 1) {
        await page.mouse.wheel(0, step < 40 ? -1500 : 3000);
        await page.waitForTimeout(50);
      }
      note(`scrolling ${long}`, { ...(await meter.read()), painted: 0, input: 0 });

      await chat.composer.click();
      await meter.reset();
      await chat.composer.pressSequentially('What would you change if it had to carry ten times as much?', {
        delay: 60,
      });
      note(`typing under ${long}`, { ...(await meter.read()), painted: 0 });
      await chat.composer.fill('');

      await streams(page, meter, chat, `an answer of ${lastTokens} tokens after ${long}`);
    });
  }
}

const columns: [keyof Row, string, number][] = [
  ['blocking', 'blocking ms', 0],
  ['longest', 'longest task', 0],
  ['frame', 'longest frame', 0],
  ['dropped', 'dropped frames', 0],
  ['input', 'key to paint', 0],
  ['painted', 'first message', 0],
  ['heap', 'heap MB', 1],
  ['rate', 'tokens/s', 0],
];

/** A table for docs/performance.md: the median, and the worst behind it. */
function print(): void {
  const load = (averages: number[]) => averages[0]?.toFixed(2);
  const lines = [...rows].map(([name, list]) => {
    const cells = columns.map(([key, , digits]) => {
      const values = list
        .map((row) => row[key])
        .filter((value) => value !== undefined)
        .sort((one, other) => one - other);
      const worst = values.at(-1);
      const median = values[Math.floor((values.length - 1) / 2)];
      if (median === undefined || worst === undefined) {
        return '';
      }
      return median === worst ? worst.toFixed(digits) : `${median.toFixed(digits)} (${worst.toFixed(digits)})`;
    });
    return `| ${name} | ${cells.join(' | ')} |`;
  });
  const head = `| median (worst) | ${columns.map(([, title]) => title).join(' | ')} |`;
  const [processor] = cpus();
  console.log(`\n${cpus().length} × ${processor?.model}, load ${load(begun)} before and ${load(loadavg())} after`);
  console.log([head, head.replaceAll(/[^|]+/gu, '---'), ...lines].join('\n'));
}
