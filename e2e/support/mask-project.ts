import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import type {
  EngineMethod,
  Params,
  Project,
  ProjectImage,
  Result,
} from '../../src/contract/app.ts';
import type { MaskInfo } from '../../src/contract/masks.ts';
import { Random } from '../../src/core/random.ts';
import type { Store } from '../../src/store/store.ts';
import { OpenServices } from '../../tests/support/open-services.ts';
import { launchApp } from './app.ts';
import type { LaunchedApp } from './app.ts';
import { answerOf } from './bridge.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Writes grey images with brighter discs on a dark background, named `0.png` and so on. */
export async function writeDiscs(folder: string, sizes: readonly Size[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(
    sizes.map(async ({ width, height }, index) => {
      const random = new Random(index, 11);
      const pixels = new Uint8Array(width * height);
      for (let at = 0; at < pixels.length; at++) pixels[at] = 40 + ((at * 7919) % 13);
      for (let disc = 0; disc < 9; disc++) {
        const radius = Math.round(Math.min(width, height) * random.uniform(0.05, 0.12));
        const x = Math.round(random.uniform(radius, width - radius));
        const y = Math.round(random.uniform(radius, height - radius));
        for (let row = y - radius; row < y + radius; row++) {
          const half = Math.round(Math.sqrt(radius * radius - (row - y) * (row - y)));
          pixels.fill(150 + 10 * disc, row * width + x - half, row * width + x + half);
        }
      }
      const raw = { width, height, channels: 1 } as const;
      await sharp(pixels, { raw })
        .png()
        .toFile(join(folder, `${index}.png`));
    }),
  );
}

/** Images of discs, and a workspace that outlives the app. */
export interface DiscFolder {
  readonly images: string;
  readonly workspace: string;
  /** Opens the app on it, repeatedly. */
  launch(): Promise<LaunchedApp>;
  remove(): Promise<void>;
}

export async function makeDiscFolder(sizes: readonly Size[]): Promise<DiscFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-discs-'));
  const [images, workspace] = [join(folder, 'images'), join(folder, 'workspace')];
  await writeDiscs(images, sizes);
  return {
    ...{ images, workspace },
    launch: () => launchApp({ workspace, userData: join(folder, 'settings'), colorScheme: 'dark' }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

type Call = <M extends EngineMethod>(method: M, params: Params<M>) => Promise<Result<M>>;

interface MaskProject {
  readonly project: Project;
  readonly images: readonly ProjectImage[];
}

/** Creates a segmentation project with two classes and a folder's images. */
export function makeMaskProject(page: Page, folder: string): Promise<MaskProject> {
  return fillProject((method, params) => answerOf(page, method, params), folder);
}

/** Creates the same project before the app is started, and prepares its workspace as a test needs. */
export async function prepareMaskProject(
  { workspace, images: folder }: DiscFolder,
  prepare: (store: Store, made: MaskProject) => void,
): Promise<void> {
  const engine = await OpenServices.open(workspace);
  try {
    const made = await fillProject((method, params) => engine.call(method, params), folder);
    prepare(engine.store, made);
  } finally {
    await engine.close();
  }
}

async function fillProject(call: Call, folder: string): Promise<MaskProject> {
  const { id } = await call('project.create', {
    ...{ name: 'Outlines', domain: 'medical', task: 'segmentation' },
    classes: ['nucleus', 'vessel'],
  });
  await call('image.import', { project: id, folder, labels: 'none' });
  const page = { project: id, filter: {}, offset: 0, limit: 50 };
  const { images } = await call('image.page', page);
  return { project: await call('project.get', { project: id }), images };
}

/** Opens the project from the start page, and one of its images in the viewer. */
export async function openImage(page: Page, { id, name }: ProjectImage): Promise<void> {
  await page.reload();
  await page.getByRole('button', { name: 'Outlines' }).first().click();
  await page.keyboard.press('Alt+3');
  await page.getByRole('option', { name: new RegExp(`^${name}`) }).click();
  await page.keyboard.press('Enter');
  await stageReady(page, id);
}

/** Waits until an image is completely drawn. */
export async function stageReady(page: Page, image: number): Promise<void> {
  await page.locator(`dialog [data-image="${image}"][data-drawn="true"]`).waitFor();
}

/** Returns the position on the page of a pixel of a fitted image. */
export async function placeOf(
  page: Page,
  { width, height }: Size,
  x: number,
  y: number,
): Promise<{ readonly x: number; readonly y: number; readonly scale: number }> {
  const box = await page.locator('dialog [data-image]').boundingBox();
  if (box === null) throw new Error('there is no stage');
  const scale = Math.min(box.width / width, box.height / height, 16);
  return {
    x: box.x + (box.width - width * scale) / 2 + x * scale,
    y: box.y + (box.height - height * scale) / 2 + y * scale,
    scale,
  };
}

/** Drags the pointer along pixels of an image. */
export async function drag(
  page: Page,
  size: Size,
  points: readonly (readonly [x: number, y: number])[],
): Promise<void> {
  for (const [index, [x, y]] of points.entries()) {
    const at = await placeOf(page, size, x, y);
    await page.mouse.move(at.x, at.y, { steps: index === 0 ? 1 : 8 });
    if (index === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

/** Returns the value of a pixel of the user's mask as the engine has it. */
export async function valueOf(page: Page, image: number, x: number, y: number): Promise<number> {
  const place = { x: Math.floor(x / 512), y: Math.floor(y / 512) };
  const [tile] = await answerOf(page, 'mask.tiles', {
    ...{ image, layer: 'human', tiles: [place] },
  });
  return tile?.pixels[(y % 512) * 512 + (x % 512)] ?? 0;
}

/** Waits until the painting is saved. */
export async function saved(page: Page): Promise<void> {
  await page.locator('[data-saving="saved"]').waitFor();
}

/** Clicks a polygon of three corners around (600, 450), and leaves it open. */
export async function outline(page: Page, size: Size): Promise<void> {
  await page.keyboard.press('p');
  for (const [x, y] of [
    [500, 400],
    [800, 420],
    // Left of the notice that the app went back.
    [560, 600],
    [20, 20],
  ] as const) {
    const at = await placeOf(page, size, x, y);
    await page.mouse.click(at.x, at.y);
  }
  // Undo removes only the last corner.
  await page.keyboard.press('Control+z');
}

/** Returns the masks of an image as the engine has them. */
export function masksOf(page: Page, image: number): Promise<MaskInfo[]> {
  return answerOf(page, 'mask.list', { image });
}
