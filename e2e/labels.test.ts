import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Project, ProjectImage } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { ask } from './support/bridge.ts';
import { photograph } from './support/screenshots.ts';

// Labelling the sample's images by hand: 600 images, 10 labelled of each class, and 60 held out.

describe('labels', () => {
  let launched: LaunchedApp;
  let project: Project;

  beforeAll(async () => {
    launched = await launchApp({ colorScheme: 'dark' });
    const { page } = launched;
    await page.getByRole('button', { name: 'Open the sample' }).click();
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
    const list = await ask(page, 'project.list', null);
    [project] = (list.ok ? list.value : []) as [Project];
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
    const answer = await ask(launched.page, 'image.page', {
      ...{ project: id, filter, offset: 0, limit: 100 },
    });
    return answer.ok ? (answer.value as { images: ProjectImage[] }).images : [];
  };

  test('counts what is learnt from apart from what is held out', async () => {
    expect(await rail().textContent()).toMatch(/Labels\s*50/);
    expect(await rail().getAttribute('aria-label')).toContain(
      '50 labelled images to learn from, 300 held out for the test',
    );
    await key('town').waitFor();
    const keys = launched.page.getByRole('list', { name: /^Labelled images/ });
    expect(await keys.getByRole('button', { name: /town/ }).textContent()).toMatch(
      /10\s*\+ 60 test/,
    );
    await launched.page.getByText('Every class has enough labelled images').waitFor();
  });

  test('names the class that lacks labels, however many are held out, and leads to images', async () => {
    const { page } = launched;
    const [first, second, third] = await learnt('town');
    const changes = [first, second, third].map((image) => ({ image: image?.id, classes: null }));
    await ask(page, 'image.label', { project: project.id, changes });
    await page
      .getByText('town has 7 images to learn from; 3 more labels would help most.')
      .waitFor();
    expect(await rail().textContent()).toMatch(/Labels\s*3 more/);
    await page.getByRole('button', { name: 'Label them' }).click();
    await expect.poll(() => selected().count()).toBe(1);
    await page.keyboard.press('4');
    await page
      .getByText('town has 8 images to learn from; 2 more labels would help most.')
      .waitFor();
    await photograph(launched, '30-labels-help');
  });
});
