import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** A folder to put a picture of every state into, for somebody to look at. */
const pictures = process.env.PICTURES;

/** Nothing that axe finds, in dark nothing about colours, and nothing that has to be scrolled sideways. */
export async function looksRight(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction(
      (dark) => document.documentElement.classList.contains('dark') === dark,
      colorScheme === 'dark',
    );
    await still(page);
    if (pictures !== undefined) {
      await page.screenshot({ path: join(pictures, `${page.viewportSize()?.width}-${name}-${colorScheme}.png`) });
    }
    const axe = new AxeBuilder({ page }).setLegacyMode(); // without it every run opens a page, for frames that we have not
    if (await page.locator('[role=menu], [role=listbox]').count()) {
      axe.disableRules('region'); // a popup belongs to the button that opened it, not to a region
    }
    if (colorScheme === 'dark') {
      axe.withRules(['color-contrast', 'link-in-text-block']);
    }
    const { violations } = await axe.analyze();
    const found = violations.flatMap(({ id, nodes }) =>
      // Base UI's focus guards pass the focus on, and so keep it from nobody.
      nodes.filter(({ html }) => !html.includes('data-base-ui-focus-guard')).map(({ html }) => `${id}: ${html}`),
    );
    expect.soft(found, `axe: ${name}, ${colorScheme}`).toEqual([]);
  }
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect.soft(sideways, `pixels to scroll sideways: ${name}`).toBeLessThanOrEqual(0);
}

/** Waits until nothing fades or moves any more, but for what does so for ever. */
async function still(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.getAnimations().every((animation) => {
      const { endTime } = animation.effect?.getComputedTiming() ?? {};
      return animation.playState !== 'running' || endTime === Number.POSITIVE_INFINITY;
    }),
  );
}
