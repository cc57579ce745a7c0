import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Locator } from 'playwright-core';
import type { Project, ProjectImage, Run } from '../src/contract/app.ts';
import type { MaskInfo, MaskLayer } from '../src/contract/masks.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { answerOf } from './support/bridge.ts';
import { cellSide, writeCells } from './support/cell-folder.ts';
import { dropOn } from './support/drag.ts';
import { drag, saved, stageReady, valueOf } from './support/mask-project.ts';
import { photograph } from './support/screenshots.ts';

// From images with a few masks to a student that outlines the others, whose masks become labels.

const images = 16;
const outlined = 12;
const size = { width: cellSide, height: cellSide };

describe('a segmentation student', () => {
  let launched: LaunchedApp;
  let folder: string;
  let project: Project;
  /** An image without a mask, in which the student outlined something. */
  let adopted: ProjectImage;

  const launch = async (): Promise<void> => {
    launched = await launchApp({
      workspace: join(folder, 'workspace'),
      userData: join(folder, 'settings'),
      colorScheme: 'dark',
    });
    await launched.page.locator('article').first().waitFor();
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-outlines-'));
    await writeCells(join(folder, 'cells'), images, outlined);
    launched = await launchApp({
      workspace: join(folder, 'workspace'),
      userData: join(folder, 'settings'),
      colorScheme: 'dark',
    });
    const { page } = launched;
    await page.getByRole('button', { name: 'Open the sample' }).waitFor();
    const made = { name: 'Cells', domain: 'medical', task: 'segmentation' } as const;
    project = await answerOf(page, 'project.create', made);
    await answerOf(page, 'project.update', {
      project: project.id,
      settings: {
        ...{ steps: 6, batch: 8, views: 4, rank: 4, skip: 6 },
        ...{ imageSize: 64, decoderSteps: 20, orientation: 'overhead' },
      },
    });
    await page.reload();
    await page.locator('article').first().click();
    await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
  });
  afterAll(async () => {
    await launched.close();
    await rm(folder, { recursive: true, force: true });
  });

  const runs = (): Promise<Run[]> => answerOf(launched.page, 'run.list', { project: project.id });
  const masksOf = (image: number): Promise<MaskInfo[]> =>
    answerOf(launched.page, 'mask.list', { image });
  const maskOf = async (image: number, layer: MaskLayer): Promise<MaskInfo | undefined> =>
    (await masksOf(image)).find((info) => info.layer === layer);
  const pixelsOf = async (image: number, layer: MaskLayer): Promise<Uint8Array> => {
    const asked = { image, layer, tiles: [{ x: 0, y: 0 }] };
    const [tile] = await answerOf(launched.page, 'mask.tiles', asked);
    return Uint8Array.from(Object.values(tile?.pixels ?? {}));
  };
  const hasKeys = (element: Locator): Promise<boolean> =>
    element.evaluate((found) => found === document.activeElement);
  const testImages = async (): Promise<number> => {
    const [run] = await runs();
    return (await answerOf(launched.page, 'run.masks', { run: run?.id ?? 0 })).length;
  };
  /** Scroll position of a step's content. */
  const scrolled = (): Promise<number> =>
    launched.page.locator('.content').evaluate((content) => content.scrollTop);
  const heading = (name: string): Promise<void> =>
    launched.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  /** Number of painted pixels of the comparison's overlays. */
  const drawn = (): Promise<number> =>
    launched.page
      .locator('[data-comparison] canvas[data-plane="overlays"]')
      .evaluate((canvas: HTMLCanvasElement) => {
        const { width, height } = canvas;
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, width, height) ?? { data: [] };
        let count = 0;
        for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) count++;
        return count;
      });
  const accessible = async (): Promise<void> => {
    expect(await axeFindings(launched.page)).toEqual([]);
  };

  test('the labels show how many images are outlined, and what would help', async () => {
    const { page } = launched;
    await dropOn(page, [join(folder, 'cells')]);
    await page.getByText(`For ${outlined} files, with 3 classes.`).waitFor();
    await page.getByRole('button', { name: `Add ${images} images` }).click();
    await page.getByText(`${images} images were added, ${outlined} with their masks.`).waitFor();
    await page.keyboard.press('Alt+3');
    await heading('Labels');
    await page.getByText(`${outlined} of ${images} images have masks marked as done.`).waitFor();
    const nucleus = page
      .getByRole('list', { name: 'Outlined so far, by class' })
      .getByRole('listitem')
      .filter({ hasText: 'nucleus' });
    project = await answerOf(page, 'project.get', { project: project.id });
    const counted = project.classes.find(({ name }) => name === 'nucleus');
    expect(counted?.labelled).toBe(outlined);
    expect(counted?.pixels).toBeGreaterThan(1000);
    expect(await nucleus.textContent()).toContain(`${outlined} images`);
    await page.getByText('A fifth of the masks is held out for the test.').waitFor();
    expect(project.drawn).toHaveLength(project.tested);
    expect(await page.getByRole('option', { name: / test/ }).count()).toBeGreaterThan(0);
    await photograph(launched, '71-outlines-labels');
    await page.getByRole('button', { name: 'Continue to the teacher' }).click();
    await heading('Teacher');
  });

  test('fine-tuning the student on the masks can be chosen, and notes are shown before the run', async () => {
    const { page } = launched;
    const chosenTolerance = async () => {
      const { settings } = await answerOf(page, 'project.get', { project: project.id });
      return [settings.tolerance, settings.toleranceUnit];
    };
    await page.keyboard.press('Alt+5');
    await heading('Skip factor');
    const adapt = page.getByRole('switch', { name: 'Fine-tune on your masks' });
    expect(await adapt.isChecked()).toBe(false);
    await adapt.click();
    await page.getByText('Advanced', { exact: true }).click();
    const side = page.getByRole('spinbutton', { name: 'Tile side, px' });
    expect(await side.inputValue()).toBe('64');
    await side.fill('65');
    await side.press('Tab');
    await page.getByText(/^A multiple of \d+ from/).waitFor();
    await side.fill('64');
    await side.press('Tab');
    // Options that cannot be used are shown as such.
    const decoderSteps = page.getByRole('spinbutton', { name: 'Decoder steps' });
    await decoderSteps.fill('0');
    await decoderSteps.press('Tab');
    const refusal = page.getByRole('button', { name: 'Correct “Decoder steps” first' });
    await refusal.waitFor();
    const distil = page.getByRole('button', { name: /^Distil \d+ of 12 blocks/ });
    expect(await distil.isDisabled()).toBe(true);
    await refusal.click();
    expect(await hasKeys(decoderSteps)).toBe(true);
    expect(await runs()).toEqual([]);
    await decoderSteps.fill('20');
    await decoderSteps.press('Tab');
    await refusal.waitFor({ state: 'detached' });
    const tolerance = page.getByRole('spinbutton', { name: 'Border tolerance' });
    const unit = page.getByRole('combobox', { name: 'Unit of the tolerance' });
    await tolerance.fill('1.5');
    await tolerance.press('Tab');
    await page.getByText('A whole number from 0 to 64').waitFor();
    await unit.selectOption('mm');
    expect(await tolerance.inputValue()).toBe('2');
    await tolerance.fill('1.5');
    await tolerance.press('Tab');
    await expect.poll(() => chosenTolerance()).toEqual([1.5, 'mm']);
    await unit.selectOption('px');
    await expect.poll(() => chosenTolerance()).toEqual([2, 'px']);
    expect(await tolerance.inputValue()).toBe('2');
    // Few test images.
    await page.getByRole('note').filter({ hasText: 'Good to know before you start' }).waitFor();
    await photograph(launched, '72-outlines-skip');
    await accessible();
    await expect
      .poll(async () => {
        const { settings } = await answerOf(page, 'project.get', { project: project.id });
        return settings.adapt;
      })
      .toBe(true);
    await page.getByRole('button', { name: /^Distil \d+ of 12 blocks/ }).click();
    await heading('Distil');
  });

  test('a run learns to outline and measures the result', async () => {
    const { page } = launched;
    const parts = page.getByRole('list', { name: 'Phases of the run' });
    await parts.getByText('Learning your outlines').waitFor({ timeout: 300_000 });
    await page.getByText('Outline loss').first().waitFor();
    await photograph(launched, '73-outlines-distil');
    await page.getByRole('button', { name: 'See the result' }).click({ timeout: 300_000 });
    await heading('Result');
    const [run] = await runs();
    expect(run?.summary).toMatchObject({ task: 'segmentation', adapted: true, side: 64 });
  });

  test('the loss of its decoders is still shown after another step and in another window', async () => {
    const { page } = launched;
    const curve = page.getByRole('img', {
      // Of teacher, copy and student, whose adapters are fine-tuned.
      name: /^Line chart\. The outline loss went from .* at step 70 of the decoders\.$/,
    });
    await page.keyboard.press('Alt+6');
    await curve.waitFor();
    await page.reload();
    await page.locator('article').first().click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.keyboard.press('Alt+6');
    await curve.waitFor();
    await photograph(launched, '73-outlines-distilled');
    await page.keyboard.press('Alt+7');
    await heading('Result');
  });

  test('the worst images come first, and a slider wipes between two masks', async () => {
    const { page } = launched;
    const [run] = await runs();
    const masks = await answerOf(page, 'run.masks', { run: run?.id ?? 0 });
    const thumbnails = page.getByRole('list', { name: 'Test images' }).getByRole('button');
    await thumbnails.first().waitFor();
    expect(await thumbnails.count()).toBe(masks.length);
    // The verdict is visible first.
    expect(await scrolled()).toBe(0);
    const worst = masks.map(({ student }) => student ?? 1);
    expect(worst).toEqual(worst.toSorted((one, other) => one - other));
    const line = page.getByRole('slider', { name: /Truth on the left of the line, Student/ });
    await line.focus();
    await page.locator(`[data-comparison="${masks[0]?.image}"]`).waitFor();
    await expect.poll(drawn).toBeGreaterThan(200);
    expect(await line.getAttribute('aria-valuenow')).toBe('50');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('ArrowLeft');
    expect(await line.getAttribute('aria-valuenow')).toBe('58');
    await photograph(launched, '74-outlines-result');
    // The whole true mask: as many pixels as the image's mask has.
    await page.keyboard.press('End');
    await expect.poll(drawn).toBeGreaterThan(200);
    await page.keyboard.press('v');
    await expect.poll(drawn).toBe(0);
    await page.keyboard.press('v');
    await page.keyboard.press('2');
    await page.getByRole('slider', { name: /Untrained copy on the right/ }).waitFor();
    await page.keyboard.press('1');
    // Another image.
    const before = await scrolled();
    await page.keyboard.press('f');
    await page.locator(`[data-comparison="${masks[1]?.image}"]`).waitFor();
    expect(await scrolled()).toBe(before);
    await page.keyboard.press('x');
    await page.getByText('Missed', { exact: true }).waitFor();
    await page.getByText('Predicted, not in the truth').waitFor();
    await expect.poll(drawn).toBeGreaterThan(0);
    await photograph(launched, '75-outlines-differences');
    await accessible();
    await page.keyboard.press('x');
    // Dragging moves the slider too.
    await page.keyboard.press('Home');
    const box = await page.locator('[data-comparison]').boundingBox();
    if (box === null) throw new Error('there is no stage');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.up();
    await expect
      .poll(() => page.locator('[data-comparison]').getAttribute('aria-valuenow').then(Number))
      .toBeGreaterThan(45);
    await page.keyboard.press('Enter');
    await stageReady(page, masks[1]?.image ?? 0);
    // In the order of the page.
    await page
      .locator('dialog[data-viewer]')
      .getByText(`2 of ${masks.length}`, { exact: true })
      .waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog[data-viewer]').waitFor({ state: 'detached' });
    await expect.poll(() => hasKeys(page.locator('[data-comparison]'))).toBe(true);
    expect(await scrolled()).toBe(before);
  });

  test('the export repeats a verdict against the student', async () => {
    const { page } = launched;
    const verdict = (await page.locator('.verdict h2').textContent()) ?? '';
    const isOfUse = !/^(Do not use|This teacher is unsuitable)/.test(verdict);
    const leads = page.locator('footer button.primary', { hasText: 'Export the student' });
    expect(await leads.count()).toBe(isOfUse ? 1 : 0);
    await page.keyboard.press('Alt+8');
    await heading('Export');
    const warning = page.getByRole('alert').filter({ hasText: verdict });
    expect(await warning.count()).toBe(isOfUse ? 0 : 1);
    await photograph(launched, '75-outlines-export');
    await accessible();
    await page.keyboard.press('Alt+7');
    await heading('Result');
  });

  test('it outlines images without a mask, and marks them as predicted', async () => {
    const { page } = launched;
    const left = images - outlined;
    // The test images have predictions already.
    const others = images - left - (await testImages());
    await page.getByRole('button', { name: `Outline the other ${others} too` }).waitFor();
    await page.getByRole('button', { name: new RegExp(`^Outline ${left} images`) }).focus();
    await page.keyboard.press('Enter');
    await page.getByText(`The student has outlined ${left} images.`).waitFor();
    const look = page.getByRole('button', { name: 'Show them' });
    await expect.poll(() => hasKeys(look)).toBe(true);
    await look.click();
    await heading('Labels');
    const tiles = page.getByRole('option', { name: /, predicted/ });
    await expect.poll(() => tiles.count()).toBe(left);
    const filter = { show: 'predicted', search: '' } as const;
    const asked = { project: project.id, filter, offset: 0, limit: 50 };
    const found = await answerOf(page, 'image.page', asked);
    for (const image of found.images) {
      expect(image).toMatchObject({ isPredicted: true, isLabelled: false });
      const info = await maskOf(image.id, 'student');
      if ((info?.histogram.length ?? 0) > 0) adopted = image;
    }
    expect(adopted).toBeDefined();
    await photograph(launched, '76-outlines-predicted');
  });

  test('a prediction is adopted, undone, adopted again and corrected: it becomes a label', async () => {
    const { page } = launched;
    await page.getByRole('option', { name: new RegExp(`^${adopted.name}`) }).click();
    await page.keyboard.press('Enter');
    await stageReady(page, adopted.id);
    const panel = page.getByRole('region', { name: 'Use a prediction as my mask' });
    await panel.getByRole('button', { name: 'Whole image' }).waitFor();
    await photograph(launched, '77-outlines-adopt');
    await accessible();
    const predicted = await pixelsOf(adopted.id, 'student');
    const marked = predicted.findIndex((value) => value !== 0);
    expect(await maskOf(adopted.id, 'human')).toBeUndefined();
    await page.keyboard.press('Shift+q');
    await expect.poll(() => pixelsOf(adopted.id, 'human')).toEqual(predicted);
    await expect.poll(() => page.getByRole('button', { name: /^Undo/ }).isEnabled()).toBe(true);
    await page.keyboard.press('Control+z');
    await expect.poll(async () => (await maskOf(adopted.id, 'human'))?.tiles.length).toBe(0);
    // Once more, but only the region under the pointer.
    const at = [marked % 512, Math.floor(marked / 512)] as const;
    const place = await page.locator('dialog [data-image]').boundingBox();
    if (place === null) throw new Error('there is no stage');
    const scale = Math.min(place.width / cellSide, place.height / cellSide, 16);
    await page.mouse.move(
      place.x + (place.width - cellSide * scale) / 2 + (at[0] + 0.5) * scale,
      place.y + (place.height - cellSide * scale) / 2 + (at[1] + 0.5) * scale,
    );
    await page.keyboard.press('q');
    await expect.poll(() => valueOf(page, adopted.id, ...at)).toBe(predicted[marked]);
    const region = await pixelsOf(adopted.id, 'human');
    expect(region.every((value, index) => value === 0 || value === predicted[index])).toBe(true);
    await page.keyboard.press('Shift+q');
    await expect.poll(() => pixelsOf(adopted.id, 'human')).toEqual(predicted);
    // Corrected with the brush.
    await page.keyboard.press('b');
    await page.keyboard.press('2');
    await drag(page, size, [
      [10, 48],
      [86, 48],
    ]);
    await saved(page);
    const second = project.classes[1]?.maskValue;
    expect(await valueOf(page, adopted.id, 48, 48)).toBe(second);
    await page.keyboard.press('Control+Enter');
    await expect.poll(async () => (await maskOf(adopted.id, 'human'))?.state).toBe('done');
    await page.keyboard.press('Escape');
    const { labelled } = await answerOf(page, 'project.get', { project: project.id });
    expect(labelled).toBe(outlined + 1);
  });

  test('all of it is still there after a restart', async () => {
    const before = await pixelsOf(adopted.id, 'human');
    await launched.close();
    await launch();
    const { page } = launched;
    await page.locator('article').first().click();
    // At the step where it was closed.
    await heading('Labels');
    await page.keyboard.press('Alt+7');
    await heading('Result');
    await page.getByRole('list', { name: 'Test images' }).getByRole('button').first().waitFor();
    expect(await pixelsOf(adopted.id, 'human')).toEqual(before);
    expect((await masksOf(adopted.id)).map(({ layer, state }) => [layer, state])).toContainEqual([
      'human',
      'done',
    ]);
    const left = images - outlined - 1;
    await page.getByText(`The student has outlined ${left} images not yet`).waitFor();
  });
});
