import { join } from 'node:path';
import process from 'node:process';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Project, ProjectImage } from '../src/contract/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { answerOf } from './support/bridge.ts';
import type { DiscFolder } from './support/mask-project.ts';
import {
  drag,
  makeDiscFolder,
  makeMaskProject,
  masksOf,
  openImage,
  outline,
  placeOf,
  saved,
  stageReady,
  valueOf,
} from './support/mask-project.ts';
import { enginePid } from './support/processes.ts';
import { photograph } from './support/screenshots.ts';

// Masks painted with real pointer events, on two images of several tiles.

const size = { width: 900, height: 700 };

describe('the mask editor', () => {
  let launched: LaunchedApp;
  let folder: DiscFolder;
  let project: Project;
  let first: ProjectImage;
  let second: ProjectImage;

  beforeAll(async () => {
    folder = await makeDiscFolder([size, size, size]);
    launched = await folder.launch();
    const made = await makeMaskProject(launched.page, folder.images);
    project = made.project;
    [first, second] = made.images as [ProjectImage, ProjectImage];
    await openImage(launched.page, first);
  });
  afterAll(async () => {
    await launched.close();
    await folder.remove();
  });

  const value = (image: ProjectImage, x: number, y: number): Promise<number> =>
    valueOf(launched.page, image.id, x, y);
  const press = (key: string): Promise<void> => launched.page.keyboard.press(key);

  test('saves a stroke of the brush, in the chosen class', async () => {
    const { page } = launched;
    await press('b');
    await drag(page, size, [
      [100, 100],
      [600, 120],
    ]);
    await saved(page);
    expect(await value(first, 100, 100)).toBe(project.classes[0]?.maskValue);
    // Across the border of two tiles, without a gap.
    for (const x of [300, 511, 512, 600])
      expect(await value(first, x, Math.round(100 + (x - 100) / 25))).toBe(1);
    expect(await value(first, 300, 160)).toBe(0);
    await press('2');
    await drag(page, size, [
      [200, 300],
      [400, 300],
    ]);
    await saved(page);
    expect(await value(first, 300, 300)).toBe(2);
  });

  test('undoes and redoes exactly', async () => {
    const { page } = launched;
    await press('Control+z');
    await expect.poll(() => value(first, 300, 300)).toBe(0);
    expect(await value(first, 300, 108)).toBe(1);
    await press('Control+z');
    await expect.poll(() => value(first, 300, 108)).toBe(0);
    await press('Control+Shift+z');
    await press('Control+y');
    await expect.poll(() => value(first, 300, 300)).toBe(2);
    expect(await value(first, 300, 108)).toBe(1);
    await saved(page);
  });

  test('erases with E, and with Alt under any brush', async () => {
    const { page } = launched;
    await press('e');
    await drag(page, size, [
      [250, 300],
      [260, 300],
    ]);
    await saved(page);
    expect(await value(first, 255, 300)).toBe(0);
    await press('b');
    await page.keyboard.down('Alt');
    await drag(page, size, [
      [350, 300],
      [360, 300],
    ]);
    await page.keyboard.up('Alt');
    await saved(page);
    expect(await value(first, 355, 300)).toBe(0);
    expect(await value(first, 300, 300)).toBe(2);
  });

  test('fills a polygon, and selects similar pixels', async () => {
    const { page } = launched;
    await press('1');
    await press('p');
    for (const [x, y] of [
      [500, 400],
      [800, 420],
      [650, 640],
    ] as const) {
      const at = await placeOf(page, size, x, y);
      await page.mouse.click(at.x, at.y);
    }
    await press('Enter');
    await saved(page);
    expect(await value(first, 650, 480)).toBe(1);
    expect(await value(first, 510, 600)).toBe(0);
    await press('2');
    await press('g');
    const inside = await placeOf(page, size, 650, 480);
    await page.mouse.click(inside.x, inside.y);
    await expect.poll(() => value(first, 650, 600)).toBe(2);
    await press('Control+z');
    await press('Control+z');
    await expect.poll(() => value(first, 650, 480)).toBe(0);
    // The background has shades 40 to 52, and discs are much brighter: all background is connected.
    await press('r');
    const ground = await placeOf(page, size, 30, 400);
    await page.mouse.click(ground.x, ground.y);
    await expect.poll(() => value(first, 30, 400)).toBe(2);
    await expect.poll(() => opacityAt(30, 400)).toBeGreaterThan(0);
    await press('Control+z');
    await expect.poll(() => value(first, 30, 400)).toBe(0);
    await expect.poll(() => opacityAt(30, 400)).toBe(0);
    expect(await value(first, 300, 108)).toBe(1);
    await saved(page);
  });

  test('completes an open polygon when switching image or tool, and when marking as done', async () => {
    const { page } = launched;
    const isDone = async (): Promise<boolean> =>
      (await masksOf(page, first.id)).some(
        ({ layer, state }) => layer === 'human' && state === 'done',
      );
    for (const key of ['f', 'b', 'Control+Enter']) {
      await outline(page, size);
      expect(await value(first, 600, 450)).toBe(0);
      await press(key);
      await expect.poll(() => value(first, 600, 450)).toBe(2);
      expect(await value(first, 200, 180)).toBe(0);
      await expect.poll(isDone).toBe(key === 'Control+Enter');
      if (key !== 'b') await stageReady(page, second.id);
      if (key === 'Control+Enter') {
        await press('Control+z');
        await expect.poll(isDone).toBe(false);
      }
      await press('Control+z');
      await expect.poll(() => value(first, 600, 450)).toBe(0);
      await stageReady(page, first.id);
    }
    expect(await value(first, 300, 108)).toBe(1);
    await saved(page);
  });

  test('looks as expected', async () => {
    await launched.page.mouse.move(5, 5);
    await photograph(launched, '60-masks');
    expect(await axeFindings(launched.page, { least: 'serious' })).toEqual([]);
  });

  test('shows layers as chosen, from then on', async () => {
    const { page } = launched;
    const middle = await placeOf(page, size, 300, 108);
    const before = await opacityAt(300, 108);
    expect(before).toBeGreaterThan(100);
    await page.mouse.move(middle.x, middle.y);
    await page.keyboard.down('Control');
    for (let turn = 0; turn < 4; turn++) await page.mouse.wheel(0, 100);
    await page.keyboard.up('Control');
    await expect.poll(() => opacityAt(300, 108)).toBeLessThan(before - 30);
    const slider = page.getByRole('slider', { name: 'Opacity of your mask' });
    await expect.poll(() => slider.inputValue()).toBe('30');
    await press('v');
    await expect.poll(() => opacityAt(300, 108)).toBe(0);
    await press('v');
    await expect.poll(() => opacityAt(300, 108)).toBeGreaterThan(0);
  });

  test('undo returns to the painted image, and reports it', async () => {
    const { page } = launched;
    await press('b');
    await press('f');
    await stageReady(page, second.id);
    await drag(page, size, [
      [100, 500],
      [300, 500],
    ]);
    await saved(page);
    expect(await value(second, 200, 500)).toBe(2);
    await press('d');
    await stageReady(page, first.id);
    await press('Control+z');
    await expect.poll(() => value(second, 200, 500)).toBe(0);
    await stageReady(page, second.id);
    const notice = page.getByText(`Went back to ${second.name} to undo its last change.`);
    await notice.waitFor();
    // A click would reach it: it is not behind the image.
    await notice.click({ trial: true });
    await press('Control+Shift+z');
    await expect.poll(() => value(second, 200, 500)).toBe(2);
    await saved(page);
  });

  test('loses no painting when the engine is killed', async () => {
    const { app, page } = launched;
    const from = await placeOf(page, size, 500, 200);
    const to = await placeOf(page, size, 700, 200);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, from.y, { steps: 5 });
    process.kill(await enginePid(app), 'SIGKILL');
    await page.mouse.move(to.x, to.y, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => valueOf(page, second.id, 600, 200).catch(() => 0)).toBe(2);
    expect(await value(second, 690, 200)).toBe(2);
    await page.locator('[data-saving="saved"]').waitFor();
  });

  test('keeps an interrupted stroke as far as it was drawn, and undoes it like any other', async () => {
    const { page } = launched;
    const begin = async (y: number): Promise<void> => {
      const from = await placeOf(page, size, 100, y);
      const to = await placeOf(page, size, 200, y);
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(to.x, to.y, { steps: 5 });
    };
    const continueAt = async (y: number): Promise<void> => {
      const to = await placeOf(page, size, 400, y);
      await page.mouse.move(to.x, to.y, { steps: 5 });
      await page.mouse.up();
    };
    // Another window comes to the front.
    await begin(620);
    await page.evaluate(() => window.dispatchEvent(new Event('blur')));
    await continueAt(620);
    await expect.poll(() => value(second, 150, 620)).toBe(2);
    // Another image is opened: nothing is painted on either that the user does not see.
    await begin(560);
    await press('d');
    await stageReady(page, first.id);
    await continueAt(560);
    await expect.poll(() => value(second, 150, 560)).toBe(2);
    expect(await value(second, 350, 560)).toBe(0);
    expect(await value(first, 350, 560)).toBe(0);
    await press('f');
    await stageReady(page, second.id);
    // A straight line continues only from a stroke on the same image.
    await page.keyboard.down('Shift');
    await drag(page, size, [[850, 680]]);
    await page.keyboard.up('Shift');
    await expect.poll(() => value(second, 850, 680)).toBe(2);
    expect(await value(second, 500, 600)).toBe(0);
    // Undo in the middle of a stroke undoes that stroke, and no earlier one.
    await begin(600);
    await press('Control+z');
    await continueAt(600);
    await saved(page);
    expect(await value(second, 150, 600)).toBe(0);
    expect(await value(second, 150, 620)).toBe(2);
    for (let step = 0; step < 3; step++) await press('Control+z');
    await expect.poll(() => value(second, 150, 620)).toBe(0);
    expect(await value(second, 600, 200)).toBe(2);
    await saved(page);
  });

  test('suggests a region from a few strokes, which is accepted and undone as one', async () => {
    const { page } = launched;
    const marked = await brightAndDark(second);
    // Drawn manually on the same disc: it stays.
    const own = [marked.bright[0] + 42, marked.bright[1]] as const;
    await press('b');
    await press('2');
    await drag(page, size, [own, own]);
    await saved(page);
    await press('s');
    await press('1');
    await drag(page, size, [marked.bright, [marked.bright[0] + 12, marked.bright[1]]]);
    // Strokes of only one class are not enough for a suggestion, which is reported before the mask is done.
    await press('Control+Enter');
    const asked = page.getByRole('dialog', { name: 'Save your mask without the strokes?' });
    await asked.getByText('are not part of the mask').waitFor();
    await photograph(launched, '61-masks-strokes-alone');
    await press('Escape');
    await asked.waitFor({ state: 'detached' });
    await page.keyboard.down('Alt');
    await drag(page, size, [marked.dark, [marked.dark[0] + 40, marked.dark[1]]]);
    await page.keyboard.up('Alt');
    const accept = page.getByRole('button', { name: 'Accept the suggestion' });
    // The teacher analyses the whole image first.
    await expect.poll(() => accept.isEnabled(), { timeout: 600_000 }).toBe(true);
    await photograph(launched, '61-masks-suggestion');
    await accept.click();
    const [x, y] = marked.bright;
    await expect.poll(() => value(second, x, y)).toBe(1);
    expect(await value(second, marked.dark[0], marked.dark[1])).toBe(0);
    expect(await value(second, ...own)).toBe(2);
    await press('b');
    await press('Control+z');
    await expect.poll(() => value(second, x, y)).toBe(0);
    expect(await value(second, ...own)).toBe(2);
    await press('Control+z');
    await expect.poll(() => value(second, ...own)).toBe(0);
    expect(await value(second, 200, 500)).toBe(2);
    await saved(page);
  });

  test('Ctrl+Enter marks it as done and continues', async () => {
    const { page } = launched;
    await press('Control+Enter');
    await expect
      .poll(async () => {
        const infos = await answerOf(page, 'mask.list', { image: second.id });
        return infos.map(({ layer, state }) => [layer, state]);
      })
      .toEqual([['human', 'done']]);
    await expect
      .poll(() => page.locator('dialog [data-image]').getAttribute('data-image'))
      .not.toBe(String(second.id));
  });

  test('is still there after a restart of the app', async () => {
    await launched.close();
    launched = await folder.launch();
    expect(await value(first, 300, 108)).toBe(1);
    expect(await value(first, 300, 300)).toBe(2);
    expect(await value(second, 200, 500)).toBe(2);
    await openImage(launched.page, first);
    // In the colour of its class, at the painted position.
    await expect.poll(() => opacityAt(300, 300)).toBeGreaterThan(0);
  });

  /** Positions of a disc and of the background of an image, where nothing is painted. */
  async function brightAndDark(
    image: ProjectImage,
  ): Promise<{ bright: [number, number]; dark: [number, number] }> {
    const file = join(folder.images, image.name);
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    const isAll = (x: number, y: number, isWanted: (shade: number) => boolean): boolean => {
      for (let row = y - 14; row <= y + 14; row++) {
        for (let column = x - 14; column <= x + 54; column++) {
          const shade = data[(row * info.width + column) * info.channels] ?? 0;
          if (!isWanted(shade)) return false;
        }
      }
      return true;
    };
    const find = (isWanted: (shade: number) => boolean): [number, number] => {
      for (let y = 20; y < 660; y += 5) {
        const isPainted = Math.abs(y - 500) < 40 || Math.abs(y - 200) < 40;
        for (let x = 20; x < 820 && !isPainted; x += 5) {
          if (isAll(x, y, isWanted)) return [x, y];
        }
      }
      throw new Error('there is no such place');
    };
    return { bright: find((shade) => shade > 140), dark: find((shade) => shade < 60) };
  }

  /** Returns the opacity of the layers at a pixel of the image, 0 to 255. */
  async function opacityAt(x: number, y: number): Promise<number> {
    await launched.page.locator('dialog [data-drawn="true"]').waitFor();
    const at = await placeOf(launched.page, size, x, y);
    return launched.page.evaluate(({ x, y }) => {
      const canvas = document.querySelector<HTMLCanvasElement>('dialog [data-plane=overlays]');
      if (canvas === null) return 0;
      const box = canvas.getBoundingClientRect();
      const pixels = canvas.width / box.width;
      const context = canvas.getContext('2d');
      return context?.getImageData((x - box.x) * pixels, (y - box.y) * pixels, 1, 1).data[3] ?? 0;
    }, at);
  }
});
