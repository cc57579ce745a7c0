import { expect, test } from 'vitest';
import { encodeRuns } from '../../core/mask/runs.ts';
import { tilePixels, tileSide } from '../../core/mask/tiles.ts';
import type { Store } from '../../store/store.ts';
import { addProject } from '../../store/testing/fixtures.ts';
import { temporaryStore } from '../../store/testing/temporary-store.ts';
import { MaskService, storedMask } from './masks.ts';

const invalid = expect.objectContaining({ code: 'invalid-option' }) as Error;

function addImage(store: Store, project: number, width: number, height: number): number {
  const [added] = store.images.add(project, [
    {
      ...{
        folder: '/images',
        name: 'a.png',
        sha256: Buffer.alloc(32, width),
        bytes: 1,
        modified: 1,
      },
      ...{ width, height, group: undefined, isTest: false },
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
  told: string[];
} {
  const store = temporaryStore();
  const told: string[] = [];
  const masks = new MaskService(store, (name) => void told.push(name));
  const { id } = addProject(store, ['x', 'y']);
  return { store, masks, image: addImage(store, id, width, height), told };
}

test('a tile outside the image, marks beyond its edge, unknown values and damage are refused, and nothing is kept', () => {
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
    // Too few, too many, a length that does not end and none at all.
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

test('from afar a mask is smaller, and lies where it lay', async () => {
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
  const raster = storedMask(store, image, 'human');
  expect(raster).toMatchObject({ width: 3000, classes: [{ value: 1, name: 'x' }, { value: 2 }] });
  expect(await raster.tile(3, 2)).toEqual(pixels);
  expect(await raster.tile(0, 0)).toBeNull();
});

test('the page is told of what it shows beyond the mask itself', () => {
  const { masks, image, told } = open();
  const tile = { x: 0, y: 0, runs: runsOf(1) };
  masks.save(image, [tile]);
  masks.save(image, [tile]);
  expect(told).toEqual(['project.changed']);
  expect(masks.setState(image, 'done')).toMatchObject({ state: 'done', revision: 2 });
  expect(told).toHaveLength(2);
});
