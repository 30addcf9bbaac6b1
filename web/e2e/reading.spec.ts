import { expect, it } from './support/test';

// How an answer looks while it is written, and what a reader can do with it.

const fence = '```';
const everything = [
  '[pace 15ms] # A heading',
  'Some words before the code, and then it comes:',
  `${fence}go\nfunc main() {\n\tfmt.Println("one and two and three and four and five and six and seven and eight and nine and ten and eleven")\n}\n${fence}`,
  'A table of three rows:',
  '| left | middle | right |\n|---|---|---|\n| one two | three four | five six |\n| a b | c d | e f |',
  'And a formula $$\nx = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}\n$$ with **bold words in it** and `code in it` and [a link](https://example.org/with/a/path) at the end.',
].join('\n\n');

it('half-open code, tables and marks are never shown raw, and nothing jumps @phone', async ({ page, chat }) => {
  await chat.open();
  await chat.ask('[chunks 2]'); // until its renderer is here, an answer is plain text
  await chat.endsWhole('1 2');
  await page.evaluate(() => {
    const seen: { raw: string[]; shrunk: number[] } = { raw: [], shrunk: [] };
    Object.assign(globalThis, { seen });
    let height = 0;
    const sample = () => {
      const text = globalThis.document.querySelector<HTMLElement>('article[aria-busy=true] .markdown');
      if (text) {
        const shown = text.textContent;
        const raw = /`{2,}|\|\s*-{2,}|\*\*|\]\(http/u.exec(shown);
        if (raw) {
          seen.raw.push(shown.slice(-120));
        }
        const now = text.getBoundingClientRect().height;
        if (now < height - 1) {
          seen.shrunk.push(height - now);
        }
        height = now;
      }
      requestAnimationFrame(sample);
    };
    sample();
  });
  await chat.composer.fill(everything);
  await chat.composer.press('Enter');
  await expect(chat.answers).toHaveCount(2);
  await chat.ended();
  await expect(chat.text.getByRole('table')).toBeVisible();
  await expect(chat.text.locator('.katex-display')).toBeVisible();
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: { raw: string[]; shrunk: number[] } }).seen);
  expect(seen.raw).toEqual([]);
  // A line may be taken back where an unfinished mark turns out to be something else, and no more.
  expect(Math.max(0, ...seen.shrunk)).toBeLessThan(60);
});

it('long lines of code wrap on demand, in all blocks and from then on @phone', async ({ page, chat }) => {
  await chat.open();
  await chat.composer.fill(everything);
  await chat.composer.press('Enter');
  await expect(chat.answer).toBeVisible();
  await chat.ended();
  const code = chat.text.locator('pre');
  const overflow = () => code.evaluate((pre) => pre.scrollWidth - pre.clientWidth);
  expect(await overflow()).toBeGreaterThan(0);
  const wrap = chat.text.getByRole('button', { name: 'Wrap long lines' });
  await expect(wrap).toHaveAttribute('aria-pressed', 'false');
  await wrap.click();
  expect(await overflow()).toBe(0);
  await page.reload();
  await expect(wrap).toHaveAttribute('aria-pressed', 'true');
  expect(await overflow()).toBe(0);
});

it('another model answers again, with its price in the list', async ({ page, chat }) => {
  await chat.open();
  await chat.ask('[chunks 3]');
  await chat.ended();
  await chat.answer
    .getByRole('button', { name: 'Answer again with another model' })
    .or(chat.answer.getByRole('combobox', { name: 'Answer again with another model' }))
    .click();
  await page.getByRole('combobox', { name: 'Search models' }).fill('Opus 4.6');
  const option = page.getByRole('option', { name: 'Claude Opus 4.6' });
  await expect(option).toContainText('per million');
  await option.click();
  await expect(chat.answer).toHaveAccessibleName('Answer from Claude Opus 4.6');
  await expect(chat.answer).toContainText('2 of 2');
  await chat.ended();
});

it('scrolling yields to the reader by wheel and keyboard, with a way back down', async ({ page, chat }) => {
  await chat.open();
  await chat.ask('[chunks 6000] [pace 2ms]');
  const log = page.locator('[tabindex="0"]:has(> [role=log])');
  const gap = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  const back = page.getByRole('button', { name: 'Go to the end' });
  await chat.reads(/ 1500 /u);
  await expect.poll(gap).toBeLessThan(80);
  await log.hover();
  await page.mouse.wheel(0, -500);
  await expect(back).toBeVisible();
  const at = await log.evaluate((box) => box.scrollTop);
  await chat.reads(/ 2500 /u);
  expect(await log.evaluate((box) => box.scrollTop)).toBe(at);
  await back.click();
  await expect(back).toBeHidden();
  await log.focus();
  await page.keyboard.press('PageUp');
  await expect(back).toBeVisible();
  await chat.stop.click();
});

it('a screen reader hears once that an answer is written, and once that it is there', async ({ page, chat }) => {
  await chat.open();
  await page.evaluate(() => {
    const heard: string[] = [];
    Object.assign(globalThis, { heard });
    const live = '[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]';
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const said = element?.closest(live)?.textContent;
        if (said && said !== heard.at(-1)) {
          heard.push(said);
        }
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
  const heard = () => page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard);
  await chat.ask('[chunks 60] [pace 10ms]');
  await chat.ended();
  await chat.ask('[chunks 20] [pace 10ms] once more');
  await chat.ended();
  await expect(page.getByRole('log')).toHaveAttribute('aria-live', 'off');
  await expect
    .poll(heard)
    .toEqual(['The answer is being written', 'Answer complete', 'The answer is being written', 'Answer complete']);
});
