import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Project, ProjectImage } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { answerOf, ask } from './support/bridge.ts';
import { photograph } from './support/screenshots.ts';

// Labelling the sample's images manually: 600 images, 10 labelled of each class, and 60 held out.

describe('the Labels step', () => {
  let launched: LaunchedApp;
  let project: Project;

  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
    const { page } = launched;
    await page.getByRole('button', { name: 'Open the sample' }).click();
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
    [project] = (await answerOf(page, 'project.list', null)) as [Project];
    await page.keyboard.press('Alt+3');
    await page.locator('[role=option] img').first().waitFor();
  });
  afterAll(async () => {
    await launched.close();
  });

  const rail = (): Locator => launched.page.getByRole('button', { name: /^Labels / });
  const key = (name: string): Locator =>
    launched.page.getByRole('list', { name: /^Labelled images/ }).getByText(name);
  const selected = (): Locator => launched.page.locator('[role=option][aria-selected=true]');
  const classNamed = (name: string): number =>
    project.classes.find((one) => one.name === name)?.id ?? 0;

  /** Images of a class that are not held out. */
  const learnt = async (name: string): Promise<ProjectImage[]> => {
    const filter = { show: classNamed(name), search: 'train' };
    const { id } = project;
    const { images } = await answerOf(launched.page, 'image.page', {
      ...{ project: id, filter, offset: 0, limit: 100 },
    });
    return images;
  };

  test('counts training images separately from held-out ones', async () => {
    await expect.poll(() => rail().textContent()).toMatch(/Labels\s*50/);
    await expect
      .poll(() => rail().getAttribute('aria-label'))
      .toContain('50 labelled training images, 300 test images');
    await key('town').waitFor();
    const keys = launched.page.getByRole('list', { name: /^Labelled images/ });
    expect(await keys.getByRole('button', { name: /town/ }).textContent()).toMatch(
      /10\s*\+ 60 test/,
    );
    await launched.page.getByText('Every class has enough labelled training images').waitFor();
  });

  test('names the class that lacks labels, however many are held out, and leads to its images', async () => {
    const { page } = launched;
    const [first, second, third] = await learnt('town');
    const changes = [first, second, third].map((image) => ({ image: image?.id, classes: null }));
    await ask(page, 'image.label', { project: project.id, changes });
    await page.getByText('town has 7 training images; 3 more labels would help most.').waitFor();
    await expect.poll(() => rail().textContent()).toMatch(/Labels\s*3 more/);
    await page.getByRole('button', { name: 'Label them' }).click();
    await expect.poll(() => selected().count()).toBe(1);
    await page.keyboard.press('4');
    await page.getByText('town has 8 training images; 2 more labels would help most.').waitFor();
    await photograph(launched, '30-labels-help');
  });

  const focused = (): Promise<string | undefined> =>
    launched.page.evaluate(() => (document.activeElement as HTMLElement).dataset.index);
  const shown = (text: string | RegExp): Promise<void> =>
    launched.page.getByText(text).first().waitFor();

  test('moves by keys, wherever the focus is, and extends the selection', async () => {
    const { page } = launched;
    await page.keyboard.press('Home');
    await expect.poll(focused).toBe('0');
    await page.evaluate(() => {
      (document.activeElement as HTMLElement).blur();
    });
    for (const [keys, index] of [
      ['f', '1'],
      ['Control+ArrowRight', '2'],
      ['d', '1'],
      ['Control+ArrowLeft', '0'],
    ] as const) {
      await page.keyboard.press(keys);
      await expect.poll(focused).toBe(index);
      await expect.poll(() => selected().count()).toBe(1);
    }
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await shown('3 images selected');
    await page.keyboard.press('Control+a');
    await shown(/^2\d\d images selected/);
    await page.keyboard.press('Escape');
    await expect.poll(() => selected().count()).toBe(0);
  });

  test('labels several images at once, continues after them, and undoes it across filters and steps', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: /^Hide \d+ labelled/ }).click();
    await page.getByRole('button', { name: /^Hide \d+ labelled/ }).waitFor({ state: 'detached' });
    const before = await rail().textContent();
    await page.locator('[role=option]').first().click();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('4');
    await expect.poll(focused).toBe('2');
    await expect.poll(() => rail().textContent()).toMatch(/Labels\s*50/);
    await page.keyboard.press('Alt+4');
    await page.getByRole('heading', { level: 1, name: 'Teacher' }).waitFor();
    await page.keyboard.press('Alt+3');
    await page.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'With a label' });
    await page.keyboard.press('Control+z');
    await shown('Undone: the labels of 2 images');
    await expect.poll(() => rail().textContent()).toBe(before);
    await page.keyboard.press('Control+Shift+z');
    await shown('Redone: the labels of 2 images');
    await expect.poll(() => rail().textContent()).toMatch(/Labels\s*50/);
    await page.getByRole('combobox', { name: 'Show' }).selectOption({ label: 'Without a label' });
  });

  test('moves to the next image of the chosen list before that is loaded', async () => {
    const { page } = launched;
    const show = page.getByRole('combobox', { name: 'Show' });
    const listed = (): Promise<string | null> =>
      page.locator('[role=option]').first().getAttribute('aria-setsize');
    await show.selectOption({ label: 'With a label' });
    await expect.poll(listed).toBe('350');
    // In the same task, so that no answer can arrive in between.
    await show.evaluate((select: HTMLSelectElement) => {
      select.selectedIndex = [...select.options].findIndex(
        ({ label }) => label === 'Without a label',
      );
      select.dispatchEvent(new Event('change', { bubbles: true }));
      const enter = { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true };
      select.dispatchEvent(new KeyboardEvent('keydown', enter));
    });
    await expect.poll(listed).toBe('250');
    await expect.poll(() => selected().count()).toBe(1);
  });

  test('assigns any class by its name, and a new one', async () => {
    const { page } = launched;
    await page.locator('[role=option] img').first().waitFor();
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => selected().count()).toBe(1);
    await page.keyboard.press('l');
    await page.getByRole('combobox', { name: 'Name of a class' }).fill('cro');
    await photograph(launched, '31-labels-picker');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () => (await key('crops').locator('..').textContent()) ?? '')
      .toMatch(/11/);
    await page.keyboard.press('l');
    await page.getByRole('combobox', { name: 'Name of a class' }).fill('ice');
    await page.getByRole('option', { name: /Add the class “ice”/ }).waitFor();
    await page.keyboard.press('Enter');
    await shown('ice has 1 training image; 9 more labels would help most.');
  });

  test('a click does not move the image away from the pointer, and a double click opens it', async () => {
    const { page } = launched;
    await page.keyboard.press('Escape');
    await expect.poll(() => selected().count()).toBe(0);
    await page.getByText(/^Select images, .* Double-click an image/).waitFor();
    const image = page.locator('[role=option]').nth(3);
    const before = await image.boundingBox();
    await image.click();
    await expect.poll(() => selected().count()).toBe(1);
    expect(await image.boundingBox()).toEqual(before);
    await photograph(launched, '31-labels-selected');
    const name = await image.getAttribute('aria-label');
    await image.dblclick();
    const large = page.getByRole('dialog', { name: /, enlarged$/ });
    const opened = await large.getByRole('heading', { level: 2 }).textContent();
    expect(name).toContain(opened);
    await page.keyboard.press('Escape');
    await large.waitFor({ state: 'detached' });
    // The focus is back at its previous element.
    await expect.poll(focused).toBe('3');
  });

  test('enlarges an image, labels it there, and returns to the grid', async () => {
    const { page } = launched;
    await expect.poll(() => selected().count()).toBe(1);
    await page.keyboard.press('Enter');
    const large = page.getByRole('dialog', { name: /, enlarged$/ });
    await large.waitFor();
    const name = (): Promise<string | null> =>
      large.getByRole('heading', { level: 2 }).textContent();
    const first = await name();
    await page.keyboard.press('f');
    await expect.poll(name).not.toBe(first);
    await page.keyboard.press('d');
    await expect.poll(name).toBe(first);
    await photograph(launched, '32-labels-large');
    await page.keyboard.press('6');
    await expect.poll(name).not.toBe(first);
    await expect
      .poll(async () => (await key('ice').first().locator('..').textContent()) ?? '')
      .toMatch(/2/);
    await page.keyboard.press('Control+z');
    await expect.poll(name).toBe(first);
    await page.keyboard.press('Escape');
    await large.waitFor({ state: 'detached' });
    // The focus is in the grid again, on the image that was shown.
    await expect.poll(focused).toMatch(/^\d+$/);
  });

  test('shows the keyboard shortcuts', async () => {
    const { page } = launched;
    await page.keyboard.press('?');
    await shown('Choose a class by its name');
    await photograph(launched, '33-keys');
    await page.keyboard.press('Escape');
  });
});
