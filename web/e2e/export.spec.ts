import { readFile } from 'node:fs/promises';
import type { Download, Page } from '@playwright/test';
import { complete } from './support/person';
import { expect, it } from './support/test';

// A conversation to keep elsewhere.

async function exported(page: Page, as: string): Promise<Download> {
  await page.getByRole('button', { name: 'Actions for this conversation' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: `Export as ${as}` }).click(),
  ]);
  return download;
}

it('a conversation is exported under its title, for people and for programs @phone', async ({ page, chat }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'Zwölf Boxkämpfer');
  await chat.open({ conversation: id });
  await chat.ended();
  const markdown = await exported(page, 'Markdown');
  expect(markdown.suggestedFilename()).toMatch(/^Zwölf Boxkämpfer.*\.md$/u);
  const text = await readFile(await markdown.path(), 'utf8');
  expect(text).toContain('Zwölf Boxkämpfer');
  expect(text).toContain('You said: Zwölf Boxkämpfer');
  const json = await exported(page, 'JSON');
  expect(json.suggestedFilename()).toMatch(/\.json$/u);
  expect(JSON.parse(await readFile(await json.path(), 'utf8'))).toMatchObject({ title: 'Zwölf Boxkämpfer' });
});

it('an export that fails says why', async ({ page, chat, secondDevice, complaints }) => {
  complaints.expectLostLine();
  const id = await complete(page.request, 'gpt-6-luna', 'Cannot be had');
  await chat.open({ conversation: id });
  await chat.ended();
  const device = await secondDevice();
  complaints.expectStatus(404, `/api/v1/conversations/${id}/export`);
  complaints.expectStatus(404, `/api/v1/conversations/${id}`);
  await page.route(`/api/v1/conversations/${id}`, (route) => route.abort()); // the page does not hear of it yet
  await device.request.delete(`/api/v1/conversations/${id}`);
  await page.getByRole('button', { name: 'Actions for this conversation' }).click();
  await page.getByRole('menuitem', { name: 'Export as Markdown' }).click();
  await expect(page.getByText('The conversation was not exported')).toBeVisible();
});
