import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { dropOn } from './support/drag.ts';
import { settled } from './support/settled.ts';

// By keyboard alone, and read by a machine as a screen reader would.

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

describe('without a mouse', () => {
  let launched: LaunchedApp;
  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
  });

  /** Tabs until what has the focus is called so. */
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

  test('from the start to a run at work', async () => {
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

  test('labels the selected image, and takes it back', async () => {
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

  /** What axe-core calls serious or worse, dark and light. */
  const findings = async (): Promise<string[]> => {
    const { page } = launched;
    const found: string[] = [];
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      // The frameless mode opens no page of its own, which Electron's context cannot.
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      const serious = violations.filter(
        ({ impact }) => impact === 'serious' || impact === 'critical',
      );
      found.push(...serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`));
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

  test('an image looked at large, a class by its name and the keys have none either', async () => {
    const { page } = launched;
    await page.keyboard.press('Alt+3');
    await page.locator('[role=option] img').first().waitFor();
    await page.keyboard.press('Control+Enter');
    for (const [key, name] of [
      ['Enter', /large$/],
      ['l', 'Label the selected images'],
      ['?', 'Keys'],
    ] as const) {
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name }).waitFor();
      expect(await findings()).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  });

  test('nor has the way from the start page to the images of a folder', async () => {
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
