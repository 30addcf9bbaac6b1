import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { looksRight } from './support/looks';
import { it as base, expect } from './support/test';

// Whoever writes an answer must not learn that it was read: a picture from elsewhere comes on a click only.

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAUAAAAC0CAIAAABqhmJGAAADWUlEQVR42u3TsQkAIAxFQUe0dnbrDGHlEoGQcOAC589bEa/knX1LHi/vJO8yMC+vgA3MyytgA/PyCtjAvAI2MC+vgA3MyytgA/PyCthB8wrYwLy8AjYwL6+ADcwrYAPz8grYwLy8AjYwL6+ADcwrYAPz8grYwLy8AjYwL6+AeXkFbGBeXgEbmJdXwAbmFbCBeXkFbGBeXgEbmJdXwA6aV8AG5uUVsIF5eQVsYF5eAfPyCtjAvLwCNjAvr4ANzCtgA/PyCtjAvLwCNjAvr4AdNK+ADczLK2AD8/KmBOyjeXn7egXMyytgA/PyCtjAvLwCNjCvgA3MyytgA/PyCtjAvLwCdtC8AjYwL6+ADczLK2AD8wrYwLy8AjYwL6+ADczLK2AD8wrYwLy8AjYwL6+ADczLK2BeXgEbmJdXwAbm5RWwgXkFbGBeXgEbmJdXwAbm5RWwg+YVsIF5eQVsYF5eARuYl1fAvLwCNjAvr4ANzMsrYAPzCtjAvLwCNjAvr4ANzMsrYAfNK2AD8/IK2MC8vDkB+2he3r5eAfPyCtjAvLwCNjAvr4ANzCtgA/PyCtjAvLwCNjAvr4AdNK+ADczLK2AD8/IK2MC8AjYwL6+ADczLK2AD8/IK2MC8AjYwL6+ADczLK2AD8/IKmJdXwAbm5RWwgXl5BWxgXgEbmJdXwAbm5RWwgXl5BeygeQVsYF5eARuYl1fABublFTAvr4ANzMsrYAPz8grYwLwCNjAvr4ANzMsrYAPz8grYQfMK2MC8vAI2MC9vTsA+mpe3r1fAvLwCNjAvr4ANzMsrYAPzCtjAvLwCNjAvr4ANzMsrYAfNK2AD8/IK2MC8vAI2MK+ADczLK2AD8/IK2MC8vAI2MK+ADczLK2AD8/IK2MC8vALm5RWwgXl5BWxgXl4BG5hXwAbm5RWwgXl5BWxgXl4BO2heARuYl1fABublFbCBeXkFzMsrYAPz8grYwLy8AjYwr4ANzMsrYAPz8grYwLy8AnbQvAI2MC+vgA3My5sTsI/m5e3rFTAvr4ANzMsrYAPz8grYwLwCNjAvr4ANzMsrYAPz8grYQfMK2MC8vAI2MC+vgA3MK2AD8/IK2MC8vAI2MC+vgA3MK2AD8/IK2MC8vAI2MC+vgHl5h3g/0nyCTiuGTCEAAAAASUVORK5CYII=',
  'base64',
);

interface Canary {
  address: string;
  asked: IncomingMessage[];
}

const it = base.extend<{ canary: Canary }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it that nothing else is needed
  canary: async ({}, use) => {
    const asked: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      asked.push(request);
      if (request.url?.startsWith('/missing')) {
        response.writeHead(404).end();
      } else {
        response.writeHead(200, { 'Content-Type': 'image/png' }).end(png);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // Another host than Pulse's, because cookies know hosts and no ports.
    await use({ address: `http://localhost:${(server.address() as AddressInfo).port}`, asked });
    server.close();
  },
});

it('a picture from elsewhere comes on a click, and only then @phone', async ({ page, chat, canary, isMobile }) => {
  await chat.open();
  await chat.ask(`![A small square](${canary.address}/square.png?secret=1) and more`);
  await chat.ended();
  const { host } = new URL(canary.address);
  await expect(chat.text).toContainText(`A small square ${host}`);
  await expect(chat.text.locator('img, iframe')).toHaveCount(0);
  await looksRight(page, 'picture-closed');
  await page.reload();
  const show = chat.text.getByRole('button', { name: 'Show picture: A small square' });
  await expect(show).toBeVisible();
  expect(canary.asked).toHaveLength(0);

  await (isMobile ? show.tap() : show.click());
  const picture = page
    .frameLocator('iframe[title^="A small square from"]')
    .getByRole('img', { name: 'A small square' });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(1);
  const box = await chat.text.locator('iframe').boundingBox();
  expect(box?.width).toBeGreaterThan(100);
  expect(box?.height).toBeGreaterThan(50);
  await looksRight(page, 'picture-shown');

  expect(canary.asked.map(({ url }) => url)).toEqual(['/square.png?secret=1']);
  expect(canary.asked[0]?.headers.referer).toBeUndefined();
  expect(canary.asked[0]?.headers.cookie ?? '').not.toContain('session');
});

it('a picture that does not come says so', async ({ chat, canary, complaints }) => {
  complaints.expectStatus(404, '/missing.png');
  await chat.open();
  await chat.ask(`![Gone](${canary.address}/missing.png)`);
  await chat.ended();
  await chat.text.getByRole('button', { name: 'Show picture: Gone' }).click();
  await expect(chat.text).toContainText('did not give this picture');
  await expect(chat.text.getByRole('button', { name: 'Show picture: Gone' })).toHaveText('Try again');
});

it('a picture inside a link is a part of the link', async ({ chat, canary }) => {
  await chat.open();
  await chat.ask(`[![Badge](${canary.address}/badge.png)](https://example.org/)`);
  await chat.ended();
  const link = chat.text.getByRole('link', { name: 'Badge' });
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(chat.text.getByRole('button')).toHaveCount(0);
  expect(canary.asked).toHaveLength(0);
});

it('a frame for pictures that markup brings in shows nothing', async ({ page, chat, canary }) => {
  await chat.open();
  await page.evaluate((address) => {
    const hostile = `/picture?src=${address}/leak.png#${address}/leak.png`;
    document.body.insertAdjacentHTML(
      'beforeend',
      `<iframe title="hostile" src="${hostile}" picture="${address}"></iframe>`,
    );
  }, canary.address);
  const frame = page.frame({ url: /\/picture/u });
  await frame?.waitForLoadState();
  await expect(page.frameLocator('iframe[title="hostile"]').locator('img')).toHaveCount(0);
  expect(canary.asked).toHaveLength(0);
});
