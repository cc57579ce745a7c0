import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { enginePid } from './support/processes.ts';
import { photograph } from './support/screenshots.ts';

// Notices while a dialog is open, which makes everything outside it inert.

let launched: LaunchedApp;
beforeAll(async () => {
  launched = await launchApp({ colorScheme: 'dark' });
});
afterAll(async () => {
  await launched.close();
});

test('a notice is shown, read out and answered by key while a dialog is open', async () => {
  const { app, page } = launched;
  await page.getByRole('heading').first().waitFor();
  await page.keyboard.press('Control+/');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  process.kill(await enginePid(app), 'SIGKILL');
  // It is found by its role, so it is not hidden from a screen reader, and its text is in a live region.
  const notices = dialog.getByRole('region', { name: 'Messages' });
  expect(await notices.getAttribute('aria-live')).toBe('polite');
  const dismiss = notices.getByRole('button', { name: 'Dismiss' });
  await dismiss.waitFor();
  await dismiss.click({ trial: true });
  await dialog.getByRole('button').first().focus();
  const isReached = (): Promise<boolean> =>
    dismiss.evaluate((button) => button === document.activeElement);
  for (let presses = 0; presses < 300 && !(await isReached()); presses++) {
    await page.keyboard.press('Shift+Tab');
  }
  expect(await isReached()).toBe(true);
  await photograph(launched, '64-notice-over-dialog');
  expect(await axeFindings(page, { least: 'serious' })).toEqual([]);
  await page.keyboard.press('Enter');
  await dismiss.waitFor({ state: 'detached' });
  // The focus is in the dialog again.
  expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  // Without the dialog the focus is in the page again.
  process.kill(await enginePid(app), 'SIGKILL');
  const again = page.getByText('The engine is running again.');
  await again.waitFor();
  await again.click({ trial: true });
});

test('a notice that is dismissed under the pointer does not hold later ones', async () => {
  const { app, page } = launched;
  const notices = page.getByRole('region', { name: 'Messages' });
  const dismiss = notices.getByRole('button', { name: 'Dismiss' });
  const before = page.getByRole('button', { name: 'Open the sample' });
  await before.focus();
  while ((await dismiss.count()) > 0) {
    await dismiss.first().hover();
    await dismiss.first().click();
    // A pointer does not move the focus.
    await expect
      .poll(() => before.evaluate((button) => button === document.activeElement))
      .toBe(true);
  }
  process.kill(await enginePid(app), 'SIGKILL');
  const again = page.getByText('The engine is running again.');
  await again.waitFor();
  await again.waitFor({ state: 'detached', timeout: 15_000 });
});
