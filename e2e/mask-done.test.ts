import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectImage } from '../src/contract/app.ts';
import type { Store } from '../src/store/store.ts';
import { newTeacher } from '../src/store/testing/fixtures.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import type { DiscFolder } from './support/mask-project.ts';
import {
  makeDiscFolder,
  masksOf,
  openImage,
  outline,
  placeOf,
  prepareMaskProject,
  saved,
  stageReady,
  valueOf,
} from './support/mask-project.ts';
import { photograph } from './support/screenshots.ts';

// Masks that are marked as done next to a student's prediction, and without one.

const size = { width: 900, height: 700 };

/** Stores a student's prediction of an image, 10 × 10 px of the first class. */
function predict(store: Store, project: number, image: number): void {
  const teacher = store.teachers.upsert(newTeacher()).id;
  const { settings } = store.projects.get(project);
  const run = store.runs.create({ project, teacher, settings });
  store.runs.update(run.id, { state: 'failed' });
  const pixels = new Uint8Array(512 * 512);
  for (let row = 300; row < 310; row++) pixels.fill(1, 512 * row + 300, 512 * row + 310);
  const staged = store.masks.stage();
  staged.put([{ x: 0, y: 0, pixels }]);
  store.masks.replacePredicted(image, 'student', run.id, staged);
  staged.drop();
}

describe('marking a mask as done', () => {
  let launched: LaunchedApp;
  let folder: DiscFolder;
  let third: ProjectImage;

  beforeAll(async () => {
    folder = await makeDiscFolder([size, size, size]);
    await prepareMaskProject(folder, (store, { project, images }) => {
      [, , third] = images as [ProjectImage, ProjectImage, ProjectImage];
      predict(store, project.id, third.id);
    });
    launched = await folder.launch();
  });
  afterAll(async () => {
    await launched.close();
    await folder.remove();
  });

  const value = (image: ProjectImage, x: number, y: number): Promise<number> =>
    valueOf(launched.page, image.id, x, y);
  const press = (key: string): Promise<void> => launched.page.keyboard.press(key);

  const human = async (image: ProjectImage): Promise<unknown> => {
    const info = (await masksOf(launched.page, image.id)).find(({ layer }) => layer === 'human');
    return info && [info.state, info.histogram];
  };

  test('adopts a displayed prediction, as one step to undo', async () => {
    const { page } = launched;
    await openImage(page, third);
    const button = page.getByRole('button', { name: 'Accept prediction, next image' });
    await button.waitFor();
    await photograph(launched, '62-masks-done-prediction');
    await press('Control+Enter');
    const predicted = [{ value: 1, pixels: 100 }];
    await expect.poll(() => human(third)).toEqual(['done', predicted]);
    const notice = page.getByText(`is now your mask of ${third.name}, which is marked as done.`);
    await notice.waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
    await expect.poll(() => human(third)).toEqual(['draft', []]);
    await stageReady(page, third.id);
    await press('Control+Shift+z');
    await expect.poll(() => human(third)).toEqual(['done', predicted]);
    await press('Control+z');
    await expect.poll(() => human(third)).toEqual(['draft', []]);
  });

  test('asks for confirmation of an empty mask, and names hidden layers', async () => {
    const { page } = launched;
    // The layers are hidden.
    await press('v');
    await page.getByRole('button', { name: 'Done: all background' }).waitFor();
    await press('Control+Enter');
    const dialog = page.getByRole('dialog', { name: 'Save the whole image as background?' });
    await dialog.getByText('its layer is not visible now').waitFor();
    await photograph(launched, '63-masks-done-empty');
    expect(await axeFindings(page)).toEqual([]);
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await human(third)).toEqual(['draft', []]);
    await press('Control+Enter');
    await dialog.getByRole('button', { name: 'Show the prediction' }).click();
    await page.getByRole('button', { name: 'Accept prediction, next image' }).waitFor();
    await press('v');
    await page.getByRole('button', { name: 'Done: all background' }).click();
    await dialog.getByRole('button', { name: 'Save as all background' }).click();
    await expect.poll(() => human(third)).toEqual(['done', []]);
    await press('Control+z');
    await expect.poll(() => human(third)).toEqual(['draft', []]);
    await press('v');
  });

  test('asks for confirmation of a small mark next to a much larger prediction', async () => {
    const { page } = launched;
    await stageReady(page, third.id);
    await press('b');
    await press('2');
    for (let step = 0; step < 30; step++) await press('[');
    const at = await placeOf(page, size, 400, 400);
    await page.mouse.click(at.x, at.y);
    await saved(page);
    await press('Control+Enter');
    const dialog = page.getByRole('dialog', { name: 'Save your mask without the prediction?' });
    await photograph(launched, '64-masks-done-beside');
    await dialog.getByRole('button', { name: 'Add the prediction' }).click();
    await expect.poll(() => human(third)).toMatchObject(['done', [{ value: 1, pixels: 100 }, {}]]);
    await press('Control+z');
    await expect.poll(() => human(third)).toMatchObject(['draft', [{ value: 2 }]]);
    await press('Control+z');
    await expect.poll(() => human(third)).toMatchObject(['draft', []]);
  });

  test('asks for confirmation of an empty mask in the grid, and opens the image to inspect the prediction', async () => {
    const { page } = launched;
    await press('Escape');
    const dialog = page.getByRole('dialog', { name: 'Save the whole image as background?' });
    // The list is requested again once the image is closed, which ends a selection.
    await expect
      .poll(
        async () => {
          if (await dialog.isVisible()) return true;
          const cell = page.getByRole('option', { name: new RegExp(`^${third.name}`) });
          // If the question has appeared in the meantime, nothing below it can be clicked.
          const isClicked = await cell.click({ timeout: 2000 }).then(
            () => true,
            () => false,
          );
          if (isClicked) await press('Control+Enter');
          return dialog.isVisible();
        },
        { interval: 1000 },
      )
      .toBe(true);
    await dialog.getByRole('button', { name: 'Show the prediction' }).click();
    await stageReady(page, third.id);
    expect(await human(third)).toEqual(['draft', []]);
  });

  test('completes an open polygon when the viewer is left', async () => {
    const { page } = launched;
    await press('2');
    await outline(page, size);
    await page.getByRole('button', { name: 'Back to the grid' }).click();
    await expect.poll(() => value(third, 600, 450)).toBe(2);
    expect(await value(third, 200, 180)).toBe(0);
  });
});
