import { join } from 'node:path';
import type { CDPSession } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProjectImage } from '../src/contract/app.ts';
import { openStore } from '../src/store/store.ts';
import type { LaunchedApp } from './support/app.ts';
import { answerOf } from './support/bridge.ts';
import type { DiscFolder } from './support/mask-project.ts';
import {
  drag,
  makeDiscFolder,
  makeMaskProject,
  openImage,
  placeOf,
  saved,
  valueOf,
} from './support/mask-project.ts';
import { photograph } from './support/screenshots.ts';

// A pen, the threshold brush and the comparison of two masks, with real pointer events.

const size = { width: 900, height: 700 };

describe('mask tools', () => {
  let launched: LaunchedApp;
  let folder: DiscFolder;
  let image: ProjectImage;

  beforeAll(async () => {
    folder = await makeDiscFolder([size]);
    launched = await folder.launch();
    const made = await makeMaskProject(launched.page, folder.images);
    [image] = made.images as [ProjectImage];
    await launched.app.close();
    // A teacher's mask, as stored after a prediction: the left half of a band is vessel.
    const store = openStore(folder.workspace);
    const pixels = new Uint8Array(512 * 512);
    for (let y = 300; y < 340; y++) pixels.fill(2, y * 512 + 100, y * 512 + 300);
    store.masks.save(image.id, 'teacher', [{ x: 0, y: 0, pixels }]);
    store.close();
    launched = await folder.launch();
    await openImage(launched.page, image);
  });
  afterAll(async () => {
    await launched.close();
    await folder.remove();
  });

  const value = (x: number, y: number): Promise<number> => valueOf(launched.page, image.id, x, y);
  const press = (key: string): Promise<void> => launched.page.keyboard.press(key);

  /** Returns the values of the user's mask as the engine has it now. */
  async function maskNow(): Promise<(x: number, y: number) => number> {
    const places = [0, 1].flatMap((y) => [0, 1].map((x) => ({ x, y })));
    const tiles = await answerOf(launched.page, 'mask.tiles', {
      ...{ image: image.id, layer: 'human', tiles: places },
    });
    return (x, y) => {
      const [column, row] = [Math.floor(x / 512), Math.floor(y / 512)];
      const tile = tiles.find((one) => one.x === column && one.y === row);
      return tile?.pixels[(y % 512) * 512 + (x % 512)] ?? 0;
    };
  }

  /** Draws a stroke with a pen at this pressure, in [0, 1]. */
  async function penStroke(y: number, force: number): Promise<void> {
    const { page } = launched;
    const session: CDPSession = await page.context().newCDPSession(page);
    const send = async (
      type: 'mousePressed' | 'mouseMoved' | 'mouseReleased',
      x: number,
    ): Promise<void> => {
      const at = await placeOf(page, size, x, y);
      await session.send('Input.dispatchMouseEvent', {
        ...{ type, x: at.x, y: at.y, pointerType: 'pen', clickCount: 1 },
        ...{ button: 'left', buttons: type === 'mouseReleased' ? 0 : 1 },
        force: type === 'mouseReleased' ? 0 : force,
      });
    };
    await send('mousePressed', 100);
    for (let x = 150; x <= 600; x += 50) await send('mouseMoved', x);
    await send('mouseReleased', 600);
    await session.detach();
    await saved(page);
  }

  /** Returns the number of pixels of a column that are painted around a row. */
  async function widthAt(x: number, y: number): Promise<number> {
    const painted = await maskNow();
    let [top, bottom] = [y, y];
    while (painted(x, top - 1) !== 0) top--;
    while (painted(x, bottom) !== 0) bottom++;
    return bottom - top;
  }

  test('a pen at higher pressure paints wider, unless that is turned off', async () => {
    const { page } = launched;
    await press('b');
    // 1,024 to the power of 53.2 %.
    await page.getByRole('slider', { name: 'Size', exact: true }).fill('53.2');
    await penStroke(100, 0.3);
    await penStroke(200, 1);
    const [light, full] = [await widthAt(350, 100), await widthAt(350, 200)];
    expect(full).toBeGreaterThanOrEqual(38);
    // A third of the size, to a pixel.
    expect(Math.abs(light - 0.3 * full)).toBeLessThanOrEqual(2);
    await page.getByRole('checkbox', { name: 'Pen pressure sets the size' }).uncheck();
    await penStroke(600, 0.3);
    expect(await widthAt(350, 600)).toBe(full);
    await page.getByRole('checkbox', { name: 'Pen pressure sets the size' }).check();
    for (let step = 0; step < 3; step++) await press('Control+z');
    await expect.poll(() => value(350, 200)).toBe(0);
    await saved(page);
  });

  test('the threshold brush paints only shades in its range', async () => {
    const { page } = launched;
    await press('b');
    await page.getByRole('button', { name: /^Threshold brush/ }).click();
    const { data, info } = await sharp(join(folder.images, image.name))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const shadeAt = (x: number, y: number): number =>
      data[(y * info.width + x) * info.channels] ?? 0;
    // Without a chosen range, it uses the shade where the stroke begins.
    const isDarkAround = (y: number): boolean =>
      [-13, 0, 13].every((by) => shadeAt(20, y + by) < 60);
    const rows = Array.from({ length: 60 }, (_, row) => 40 + 10 * row).filter(isDarkAround);
    const row = rows.find((y) => [60, 200, 400, 600, 840].some((x) => shadeAt(x, y) > 140)) ?? 60;
    await drag(page, size, [
      [20, row],
      [880, row],
    ]);
    await saved(page);
    const first = await maskNow();
    for (const x of [40, 60, 200, 400, 600, 840]) {
      expect([x, first(x, row)]).toEqual([x, shadeAt(x, row) < 60 ? 1 : 0]);
    }
    await press('Control+z');
    await saved(page);
    await page.getByRole('checkbox', { name: 'Near the shade where the stroke starts' }).uncheck();
    await page.getByRole('slider', { name: 'Darkest shade' }).fill('120');
    await page.getByRole('slider', { name: 'Lightest shade' }).fill('255');
    for (let y = 60; y < 700; y += 90) {
      await drag(page, size, [
        [20, y],
        [880, y],
      ]);
    }
    await saved(page);
    await photograph(launched, '63-masks-threshold');
    const painted = await maskNow();
    const seen = { bright: 0, dark: 0 };
    for (let y = 60; y < 690; y += 90) {
      for (let x = 40; x < 860; x += 7) {
        const isBright = shadeAt(x, y) > 140;
        expect([x, y, painted(x, y)]).toEqual([x, y, isBright ? 1 : 0]);
        seen[isBright ? 'bright' : 'dark']++;
      }
    }
    expect(Math.min(seen.bright, seen.dark)).toBeGreaterThan(5);
    for (let y = 60; y < 700; y += 90) await press('Control+z');
    await saved(page);
  });

  test('differences of two masks are shown in separate colours, and follow the brush', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: 'Show differences' }).click();
    await page.getByRole('combobox', { name: 'Compared' }).selectOption('Your mask and teacher');
    await page.getByRole('button', { name: /^Show your mask/ }).click();
    const onlyPerson = [213, 94, 0];
    const onlyTeacher = [86, 180, 233];
    const another = [240, 228, 66];
    await expect.poll(() => shownAt(250, 320)).toEqual(onlyTeacher);
    expect(await shownAt(400, 320)).toBeNull();
    // Painting shows the hidden layer; it is hidden again to see the one below.
    await press('b');
    await press('2');
    await drag(page, size, [
      [100, 320],
      [180, 320],
    ]);
    await drag(page, size, [
      [400, 320],
      [450, 320],
    ]);
    await press('1');
    await drag(page, size, [
      [260, 320],
      [280, 320],
    ]);
    await saved(page);
    await page.getByRole('button', { name: /^Show your mask/ }).click();
    await expect.poll(() => shownAt(150, 320)).toBeNull();
    await expect.poll(() => shownAt(425, 320)).toEqual(onlyPerson);
    await expect.poll(() => shownAt(270, 320)).toEqual(another);
    expect(await shownAt(225, 320)).toEqual(onlyTeacher);
    await photograph(launched, '62-masks-differences');
    await press('Control+z');
    await expect.poll(() => shownAt(270, 320)).toEqual(onlyTeacher);
  });

  /** Returns the colour of the layers at a pixel of the image, regardless of opacity; null if there is none. */
  async function shownAt(x: number, y: number): Promise<number[] | null> {
    const at = await placeOf(launched.page, size, x, y);
    const [red = 0, green = 0, blue = 0, alpha = 0] = await launched.page.evaluate(({ x, y }) => {
      const canvas = document.querySelector<HTMLCanvasElement>('dialog [data-plane=overlays]');
      const box = canvas?.getBoundingClientRect();
      if (canvas == null || box === undefined) return [];
      const pixels = canvas.width / box.width;
      const context = canvas.getContext('2d');
      const found = context?.getImageData((x - box.x) * pixels, (y - box.y) * pixels, 1, 1);
      return [...(found?.data ?? [])];
    }, at);
    if (alpha === 0) return null;
    // At half opacity, colours are stored with half as many shades.
    const known = [
      [213, 94, 0],
      [86, 180, 233],
      [240, 228, 66],
    ].find((colour) =>
      [red, green, blue].every((part, index) => Math.abs(part - (colour[index] ?? 0)) < 4),
    );
    return known ?? [red, green, blue];
  }
});
