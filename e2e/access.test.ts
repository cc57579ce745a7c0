import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { chooseOpen } from './support/dialogs.ts';
import { dropOn } from './support/drag.ts';
import { settled } from './support/settled.ts';

// By keyboard only, and checked by axe-core, which reads the page like a screen reader.

const steps = [
  'Project',
  'Images',
  'Labels',
  'Teacher',
  'Skip factor',
  'Distil',
  'Result',
  'Export',
];

describe('the app without a mouse', () => {
  let launched: LaunchedApp;
  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
  });

  /** Presses Tab until the focused element has this name. */
  const tabTo = async (name: RegExp): Promise<void> => {
    const { page } = launched;
    for (let presses = 0; presses < 80; presses++) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
      });
      if (name.test(focused)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`nothing called ${String(name)} can be reached with Tab`);
  };

  test('goes from the start page to an active run', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'Open the sample' }).waitFor();
    await tabTo(/^Open the sample$/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
    await page.getByRole('button', { name: /^Distil 6 of 12 blocks, / }).waitFor();
    await tabTo(/^Distil 6 of 12 blocks/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Distil' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await tabTo(/^Pause$/);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Resume from step|^Start again/ }).waitFor();
  });

  test('labels the selected image, and undoes it', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+3');
    await page.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
    const rail = page.getByRole('button', { name: /^Labels / });
    const before = await rail.getAttribute('aria-label');
    await page.locator('[role=listbox] [role=option]').first().waitFor();
    await page.locator('[role=listbox] [role=option]').first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('2');
    await expect.poll(() => rail.getAttribute('aria-label')).not.toBe(before);
    await page.keyboard.press('Control+z');
    await expect.poll(() => rail.getAttribute('aria-label')).toBe(before);
  });

  test('the palette finds a step', async () => {
    const { page } = launched;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('teach');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Teacher' }).waitFor();
  });

  /** Findings of axe-core that are serious or worse, in dark and light mode. */
  const findings = async (): Promise<string[]> => {
    const { page } = launched;
    const found: string[] = [];
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      found.push(...(await axeFindings(page, { least: 'serious' })));
    }
    return found;
  };

  test.each(steps.map((name, index) => [name, index + 1] as const))(
    '%s has no serious finding of axe-core, dark and light',
    async (name, number) => {
      const { page } = launched;
      await page.keyboard.press(`Alt+${number}`);
      await page.getByRole('heading', { level: 1, name }).waitFor();
      expect(await findings()).toEqual([]);
    },
  );

  test('an enlarged image and choosing a class by name have no serious finding either', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+3');
    await page.locator('[role=option] img').first().waitFor();
    await page.keyboard.press('Control+Enter');
    for (const [key, name] of [
      ['Enter', /, enlarged$/],
      ['l', 'Label the selected images'],
      ['?', 'Keyboard shortcuts'],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name }).waitFor();
      expect(await findings()).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  /** Waits until a visible element has the focus. */
  const keysAt = async (name: RegExp): Promise<void> => {
    const { page } = launched;
    await expect
      .poll(() =>
        page.evaluate(() => {
          const element = document.activeElement;
          if (element === null || element === document.body) return 'nothing';
          return (element.getAttribute('aria-label') ?? element.textContent).trim();
        }),
      )
      .toMatch(name);
  };

  test('focus moves to the replacement of a removed button', async () => {
    const { app, page, workspace } = launched;
    await page.keyboard.press('Alt+3');
    await page.locator('[role=listbox] [role=option]').first().focus();
    await page.keyboard.press('Control+a');
    // Nothing remains in the inspector: the focus is on the title, and not on the button that leaves the step.
    await page.getByRole('button', { name: 'Clear selection' }).focus();
    await page.keyboard.press('Enter');
    await keysAt(/^Labels$/);
    await page.getByRole('button', { name: 'Export labels…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Export labels' });
    const out = await mkdtemp(join(tmpdir(), 'understudy-access-'));
    await chooseOpen(app, out);
    await dialog.getByRole('radio', { name: /^Classes as a table/ }).focus();
    await page.keyboard.press('Space');
    const choose = dialog.getByRole('button', { name: 'Choose a folder…' });
    await expect.poll(() => choose.isDisabled()).toBe(false);
    await choose.focus();
    await page.keyboard.press('Enter');
    await dialog.getByText(/^Labels of .* are in/).waitFor();
    await keysAt(/^Close$/);
    await dialog.getByRole('button', { name: 'Another format' }).focus();
    await page.keyboard.press('Enter');
    await keysAt(/^Choose a folder…$/);
    await page.keyboard.press('Escape');
    await keysAt(/^Export labels…$/);
    await rm(out, { recursive: true });
    await page.keyboard.press('Control+o');
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    await keysAt(/./);
    await page.getByRole('button', { name: 'New project' }).focus();
    await page.keyboard.press('Enter');
    await keysAt(/^Name$/);
    await chooseOpen(app, join(workspace, 'sample', 'land', 'test'));
    await tabTo(/^Choose a folder$/);
    await page.keyboard.press('Enter');
    await keysAt(/^Another folder$/);
    // A text field leaves Ctrl shortcuts to the app.
    await page.getByRole('textbox', { name: 'Name', exact: true }).focus();
    await page.keyboard.press('Control+o');
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    await keysAt(/./);
    // At the previous position, with the focus in the page.
    await page.locator('article').first().getByRole('button').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Labels' }).waitFor();
    await keysAt(/./);
  });

  test('a disabled button gets the focus back, but not after a click elsewhere', async () => {
    const { page } = launched;
    await page.evaluate(() => {
      for (const id of ['first', 'second']) {
        const button = document.createElement('button');
        button.id = id;
        // It is visible, so that focusing it does not scroll.
        button.style.cssText = 'position: fixed; bottom: 0';
        document.querySelector('main')?.append(button);
      }
    });
    const first = page.locator('#first');
    const disable = (isDisabled: boolean): Promise<void> =>
      first.evaluate((button: HTMLButtonElement, isOff) => {
        button.disabled = isOff;
      }, isDisabled);
    const focused = (): Promise<string> =>
      page.evaluate(() => document.activeElement?.id ?? 'nothing');
    const elsewhere = page.locator('main section header p').first();

    await first.focus();
    await disable(true);
    await expect.poll(focused).toBe('');
    await disable(false);
    await expect.poll(focused).toBe('first');

    await disable(true);
    await expect.poll(focused).toBe('');
    await elsewhere.click();
    await disable(false);
    await settled(page);
    expect(await focused()).toBe('');

    await first.focus();
    await disable(true);
    await expect.poll(focused).toBe('');
    await page.locator('#second').focus();
    await elsewhere.click();
    await settled(page);
    expect(await focused()).toBe('');
    await page.evaluate(() => {
      for (const id of ['first', 'second']) document.getElementById(id)?.remove();
    });
  });

  test('going from the start page to the images of a folder has no serious finding', async () => {
    const { page, workspace } = launched;
    await page.getByRole('button', { name: /^Projects:/ }).click();
    await page.getByRole('menuitem', { name: 'All projects' }).click();
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    expect(await findings()).toEqual([]);
    await dropOn(page, [join(workspace, 'sample', 'land', 'test')]);
    await page.getByRole('heading', { level: 1, name: 'New project' }).waitFor();
    expect(await findings()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add 300 images' }).waitFor();
    expect(await findings()).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('300 images were added.').waitFor();
  });
});
