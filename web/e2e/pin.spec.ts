import { looksRight } from './support/looks';
import { complete } from './support/person';
import { expect, it } from './support/test';

// What stays at the top of the list, and what the bar above a conversation and the palette do with it.

it('a pinned conversation stands first, here and on another device, until it is unpinned @phone', async ({
  page,
  chat,
  secondDevice,
  isMobile,
}) => {
  await complete(page.request, 'gpt-6-luna', 'To be kept in sight');
  await complete(page.request, 'gpt-6-luna', 'Asked later');
  await chat.open();
  if (isMobile) {
    await page.getByRole('button', { name: 'Open the menu' }).click();
  }
  const pinned = page.getByRole('region', { name: 'Pinned' });
  await page.getByRole('link', { name: 'To be kept in sight' }).hover();
  await page.getByRole('button', { name: 'Actions for To be kept in sight' }).click();
  await expect(page.getByRole('menuitem', { name: 'Pin', exact: true })).toBeVisible();
  await looksRight(page, 'side-bar-item-menu');
  await page.getByRole('menuitem', { name: 'Pin', exact: true }).click();
  await expect(pinned.getByRole('link')).toHaveText(['To be kept in sight']);
  await expect(page.getByRole('link', { name: 'To be kept in sight' })).toHaveCount(1);
  await looksRight(page, 'side-bar-pinned');

  const device = await secondDevice();
  await device.goto('/');
  if (isMobile) {
    await device.getByRole('button', { name: 'Open the menu' }).click();
  }
  const there = device.getByRole('region', { name: 'Pinned' });
  await expect(there.getByRole('link')).toHaveText(['To be kept in sight']);

  await page.getByRole('button', { name: 'Actions for To be kept in sight' }).click();
  await page.getByRole('menuitem', { name: 'Unpin' }).click();
  await expect(pinned).toBeHidden();
  await expect(there).toBeHidden({ timeout: 3000 });
  await expect(device.getByRole('link', { name: 'To be kept in sight' })).toBeVisible();
});

it('a pin that the server does not take comes off again, and says why', async ({ page, chat, complaints }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'Not to be pinned');
  complaints.expectStatus(503, `/api/v1/conversations/${id}`);
  await page.route(`/api/v1/conversations/${id}`, (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          json: {
            type: 'urn:pulse:problem:busy',
            title: 'Busy',
            status: 503,
            detail: 'Too much at once.',
            request_id: 'r',
          },
        })
      : route.continue(),
  );
  await chat.open();
  await page.getByRole('link', { name: 'Not to be pinned' }).hover();
  await page.getByRole('button', { name: 'Actions for Not to be pinned' }).click();
  await page.getByRole('menuitem', { name: 'Pin', exact: true }).click();
  await expect(page.getByText('“Not to be pinned” was not pinned')).toBeVisible();
  await expect(page.getByText('Too much at once.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Pinned' })).toBeHidden();
  await expect(page.getByRole('link', { name: 'Not to be pinned' })).toHaveCount(1);
});

it('the bar above a conversation has its menu, by keyboard too @phone', async ({ page, chat, isMobile }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'The open one');
  await chat.open({ conversation: id });
  await chat.ended();
  const menu = page.getByRole('button', { name: 'Actions for this conversation' });
  await menu.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toBeVisible();
  await looksRight(page, 'chat-menu');
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const title = page.getByRole('textbox', { name: 'Title of the conversation' });
  await expect(title).toBeFocused();
  await expect(title).toHaveValue('The open one');
  await looksRight(page, 'chat-rename');
  await title.fill('With another name');
  await title.press('Enter');
  await expect(page).toHaveTitle('With another name · Pulse');
  await menu.click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(page).toHaveURL('/chat');
  await page.getByRole('button', { name: 'Undo' }).click();
  if (isMobile) {
    await page.getByRole('button', { name: 'Open the menu' }).click();
  }
  await expect(page.getByRole('link', { name: 'With another name' })).toBeVisible();
});

it('the palette pins the open conversation', async ({ page, chat }) => {
  const id = await complete(page.request, 'gpt-6-luna', 'Pinned by name');
  await chat.open({ conversation: id });
  await chat.ended();
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('combobox', { name: 'Search for a command or a conversation' })).toBeFocused();
  await page.keyboard.type('pin this');
  await expect(page.getByRole('option', { name: 'Pin this conversation' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Pinned' }).getByRole('link')).toHaveText(['Pinned by name']);
});
