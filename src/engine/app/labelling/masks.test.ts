import { describe, expect, test } from 'vitest';
import { adoption } from '../../../contract/masks.ts';
import type { Adoption } from '../../../contract/masks.ts';
import { applyPatch } from '../../../core/mask/patch.ts';
import { encodeRuns } from '../../../core/mask/run-length.ts';
import { blankTile, SparseMask } from '../../../core/mask/sparse-mask.ts';
import { tilePixels, tileSide } from '../../../core/mask/tiles.ts';
import type { Store } from '../../../store/store.ts';
import { addProject, newTeacher, settings } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { MaskService } from './masks.ts';
import { workspaceMask } from '../../label-export/workspace-mask.ts';

const invalid = expect.objectContaining({ code: 'invalid-option' }) as Error;

function addImage(store: Store, project: number, width: number, height: number): number {
  const [added] = store.images.add(project, [
    {
      folder: '/images',
      name: 'a.png',
      sha256: Buffer.alloc(32, width),
      bytes: 1,
      modified: 1,
      width,
      height,
      group: undefined,
      isTest: false,
    },
  ]);
  return added?.id ?? 0;
}

const runsOf = (value: number): Uint8Array => encodeRuns(new Uint8Array(tilePixels).fill(value));

function open(
  width = 1300,
  height = 600,
): {
  store: Store;
  masks: MaskService;
  image: number;
  events: string[];
} {
  const store = temporaryStore();
  const events: string[] = [];
  const masks = new MaskService(store, (name) => void events.push(name));
  const { id } = addProject(store, ['x', 'y']);
  return { store, masks, image: addImage(store, id, width, height), events };
}

test('refuses a tile outside the image, marks beyond its edge, unknown values and damage, and stores nothing', () => {
  const { masks, image } = open();
  const good = { x: 0, y: 0, runs: runsOf(1) };
  const beyond = new Uint8Array(tilePixels);
  beyond[1300 - 1024] = 1;
  const below = new Uint8Array(tilePixels);
  below[(600 - 512) * tileSide] = 1;
  const long = new Uint8Array(tilePixels);
  long.fill(1, 1300 - 1024 - 1, tileSide);
  for (const bad of [
    { x: 3, y: 0, runs: good.runs },
    { x: 0, y: 2, runs: null },
    { x: 2, y: 0, runs: encodeRuns(beyond) },
    { x: 2, y: 0, runs: encodeRuns(long) },
    { x: 0, y: 1, runs: encodeRuns(below) },
    { x: 0, y: 0, runs: runsOf(3) },
    // Too few pixels, too many, a run length without an end, and no runs at all.
    { x: 0, y: 0, runs: encodeRuns(new Uint8Array(tilePixels - 1)) },
    { x: 0, y: 0, runs: encodeRuns(new Uint8Array(tilePixels + 1)) },
    { x: 0, y: 0, runs: new Uint8Array(2 * tilePixels).fill(255) },
    { x: 0, y: 0, runs: new Uint8Array() },
  ]) {
    expect(() => masks.save(image, [good, bad])).toThrow(invalid);
  }
  expect(masks.list(image)).toEqual([]);
  beyond[1300 - 1024] = 0;
  beyond[1300 - 1024 - 1] = 255;
  expect(masks.save(image, [good, { x: 2, y: 0, runs: encodeRuns(beyond) }]).tiles).toHaveLength(2);
});

test('a coarser level has the mask at the same position', async () => {
  const { store, masks, image } = open(3000, 2000);
  const pixels = new Uint8Array(tilePixels);
  pixels[tileSide * 100 + 37] = 2;
  masks.save(image, [{ x: 3, y: 2, runs: encodeRuns(pixels) }]);
  const column = 3 * tileSide + 37;
  const row = 2 * tileSide + 100;
  for (const level of [1, 2, 3]) {
    const side = tileSide * 2 ** level;
    const place = { x: Math.floor(column / side), y: Math.floor(row / side) };
    const [tile] = masks.tiles(image, 'human', level, [place, { x: 40, y: 40 }]);
    const at =
      Math.floor((row % side) / 2 ** level) * tileSide + Math.floor((column % side) / 2 ** level);
    expect(tile).toMatchObject(place);
    expect(tile?.pixels.indexOf(2)).toBe(at);
    expect(tile?.pixels.lastIndexOf(2)).toBe(at);
  }
  const raster = workspaceMask(store, image, 'human');
  expect(raster).toMatchObject({ width: 3000, classes: [{ value: 1, name: 'x' }, { value: 2 }] });
  expect(await raster.tile(3, 2)).toEqual(pixels);
  expect(await raster.tile(0, 0)).toBeNull();
});

test('the page is notified of changes to what it shows besides the mask', () => {
  const { masks, image, events } = open();
  const tile = { x: 0, y: 0, runs: runsOf(1) };
  masks.save(image, [tile]);
  masks.save(image, [tile]);
  expect(events).toEqual(['project.changed']);
  expect(masks.setState(image, 'done')).toMatchObject({ state: 'done', revision: 2 });
  expect(events).toHaveLength(2);
});

describe('adopting', () => {
  const run = 1;
  /** Returns a store with a mask of the user and one predicted by a run. */
  function predicted(human: Uint8Array | null, student: Uint8Array) {
    const { store, masks, image } = open();
    const teacher = store.teachers.upsert(newTeacher()).id;
    const { project } = store.images.get(image);
    store.runs.create({ project, teacher, settings });
    const staged = store.masks.stage();
    staged.put([{ x: 0, y: 0, pixels: student }]);
    store.masks.replacePredicted(image, 'student', run, staged);
    if (human) store.masks.save(image, 'human', [{ x: 0, y: 0, pixels: human }]);
    const asked = (change: Partial<Adoption>): Adoption =>
      adoption.parse({ layer: 'student', ...change });
    const now = (): Uint8Array =>
      store.masks.tiles(image, 'human', [{ x: 0, y: 0 }])[0]?.pixels ?? new Uint8Array(tilePixels);
    return { store, masks, image, asked, now };
  }
  /** Writes the first of two rows. */
  const row = (values: readonly number[]): Uint8Array => {
    const pixels = new Uint8Array(tilePixels);
    pixels.set(values);
    return pixels;
  };
  const human = row([0, 1, 1, 0, 0, 2, 0]);
  const student = row([1, 2, 0, 2, 0, 0, 2]);

  test.each<[string, Partial<Adoption>, number[]]>([
    ['fills unmarked pixels', {}, [1, 1, 1, 2, 0, 2, 2]],
    ['replaces all pixels', { keep: false }, [1, 2, 0, 2, 0, 0, 2]],
    ['adopts one class', { classes: [2], keep: false }, [0, 2, 1, 2, 0, 2, 2]],
    ['adopts a region', { region: { x: 0, y: 0, width: 2, height: 1 } }, [1, 1, 1, 0, 0, 2, 0]],
    ['adopts a connected region', { at: { x: 3, y: 0 } }, [0, 1, 1, 2, 0, 2, 0]],
  ])('%s, and the result undoes it', async (_, change, expected) => {
    const { masks, image, asked, now } = predicted(human, student);
    const { info, tiles } = await masks.adopt(image, asked(change));
    expect([...now().subarray(0, 7)]).toEqual(expected);
    expect(Buffer.compare(now(), row(expected))).toBe(0);
    expect(info).toMatchObject({ layer: 'human', run: null, state: 'draft', revision: 2 });
    const mask = new SparseMask({ width: 1300, height: 600 });
    mask.put({ x: 0, y: 0 }, now());
    applyPatch(mask, { tiles, rectangle: { x: 0, y: 0, width: 1, height: 1 } }, 'before');
    expect(Buffer.compare(mask.tile({ x: 0, y: 0 }) ?? blankTile, human)).toBe(0);
  });

  test('creates a draft if there was no mask', async () => {
    const { store, masks, image, asked, now } = predicted(null, student);
    expect((await masks.adopt(image, asked({}))).info?.state).toBe('draft');
    expect(Buffer.compare(now(), student)).toBe(0);
    // The prediction stays unchanged.
    expect(store.masks.list(image).map(({ layer, run: of }) => [layer, of])).toEqual([
      ['human', null],
      ['student', run],
    ]);
  });

  test('with nothing to adopt, the mask is neither counted as changed nor created', async () => {
    const nothing = { info: null, tiles: [] };
    const { store, masks, image, asked } = predicted(human, student);
    await masks.adopt(image, asked({}));
    const { revision } = store.masks.get(image, 'human') ?? {};
    expect(await masks.adopt(image, asked({}))).toEqual(nothing);
    expect(store.masks.get(image, 'human')?.revision).toBe(revision);
    const blank = predicted(null, row([0]));
    expect(await blank.masks.adopt(blank.image, blank.asked({}))).toEqual(nothing);
    expect(blank.store.masks.get(blank.image, 'human')).toBeUndefined();
  });

  test('a missing mask, or a position outside the image, is refused', async () => {
    const { masks, image, asked } = predicted(null, student);
    await expect(masks.adopt(image, asked({ layer: 'teacher' }))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(masks.adopt(image, asked({ run: 7 }))).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(masks.adopt(image, asked({ at: { x: 1300, y: 0 } }))).rejects.toThrow(invalid);
    expect(masks.list(image)).toHaveLength(1);
  });

  test('a mask that changed in the meantime is left unchanged', async () => {
    const { store, masks, image, asked, now } = predicted(human, student);
    const adopting = masks.adopt(image, asked({ keep: false }));
    store.masks.save(image, 'human', [{ x: 0, y: 0, pixels: row([2]) }]);
    await expect(adopting).rejects.toMatchObject({ code: 'in-use' });
    expect([...now().subarray(0, 3)]).toEqual([2, 0, 0]);
  });
});
