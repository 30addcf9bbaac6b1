import { firstLoad, routes } from '../scripts/budget.mjs';
import { expect, it } from './support/test';

// `npm run budget` reads from the build what a first visit transfers. This is
// what a browser really fetches.
for (const route of routes) {
  it(`a first visit to ${route.path} fetches what its budget counts`, async ({ page, person: _ }) => {
    await page.goto(route.path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await page.evaluate(() => document.fonts.ready);
    const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    const files = fetched
      .map((url) => new URL(url).pathname.slice(1))
      .filter((path) => /\.(?:js|css|woff2)$/u.test(path));
    const { js, css, fonts } = firstLoad(route);
    expect([...js, ...css, ...fonts]).toEqual(expect.arrayContaining([...new Set(files)]));
  });
}
