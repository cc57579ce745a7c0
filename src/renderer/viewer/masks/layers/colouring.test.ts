import { expect, it } from 'vitest';
import { readArea } from '../../../../core/mask/area.ts';
import { SparseMask } from '../../../../core/mask/sparse-mask.ts';
import { tilePixels, tileSide } from '../../../../core/mask/tiles.ts';
import { coloured, inksOf, isHatched, type Look, rgbOf } from './colouring.ts';
import { DifferenceSource, differenceValues } from './difference.ts';
import type { LayerSource } from './mask-layer.ts';
import { maskLevelFor } from './mask-layer.ts';

const look: Look = {
  colours: new Map([
    [1, rgbOf('#e69f00')],
    [2, rgbOf('#0072b2')],
  ]),
  opacity: 0.5,
  hasBorders: true,
  hatch: 0,
};

/** Square of 4 × 4 px with two classes in the corner of a mask, read with one pixel around. */
function picture(with_: Partial<Look> = {}): number[][] {
  const mask = new SparseMask({ width: 6, height: 6 });
  for (const y of [1, 2, 3, 4]) {
    mask.writable({ x: 0, y: 0 })?.fill(1, y * tileSide + 1, y * tileSide + 4);
    mask.writable({ x: 0, y: 0 })?.fill(2, y * tileSide + 4, y * tileSide + 5);
  }
  const chosen = { ...look, ...with_ };
  const area = readArea(mask, { x: -1, y: -1, width: 8, height: 8 });
  const rgba = coloured(area, chosen, inksOf(chosen));
  return Array.from({ length: 36 }, (_, at) => [...rgba.slice(4 * at, 4 * at + 4)]);
}

it('fills regions in their colours, with opaque borders', () => {
  const pixels = picture();
  const at = (x: number, y: number): number[] => pixels[y * 6 + x] ?? [];
  expect(at(0, 0)).toEqual([0, 0, 0, 0]);
  expect(at(1, 1)).toEqual([230, 159, 0, 255]);
  expect(at(2, 2)).toEqual([230, 159, 0, 128]);
  // Next to the other class.
  expect(at(3, 2)).toEqual([230, 159, 0, 255]);
  expect(at(4, 2)).toEqual([0, 114, 178, 255]);
  const plain = picture({ hasBorders: false });
  expect(plain.map(([, , , alpha]) => alpha)).toEqual(
    pixels.map(([, , , alpha]) => (alpha === 0 ? 0 : 128)),
  );
});

it('tells classes apart by lines too', () => {
  const drawn = (value: number): string =>
    Array.from({ length: 256 }, (_, at) =>
      isHatched(value, at % 16, Math.floor(at / 16), 8) ? '#' : '.',
    ).join('');
  const patterns = [1, 2, 3, 4, 5, 6].map(drawn);
  expect(new Set(patterns).size).toBe(6);
  for (const pattern of patterns) expect(pattern).toMatch(/#.*\./);
  const alphas = picture({ hasBorders: false, hatch: 4 }).map(([, , , alpha]) => alpha);
  expect(new Set(alphas)).toEqual(new Set([0, 128, 191]));
});

it('compares two masks without unknown pixels', () => {
  const size = { width: 512, height: 512 };
  const source = (values: number[]): LayerSource => {
    const mask = new SparseMask(size);
    const pixels = new Uint8Array(tilePixels);
    pixels.set(values);
    mask.put({ x: 0, y: 0 }, pixels);
    return { at: () => mask, want: () => undefined };
  };
  const one = source([0, 1, 0, 1, 1, 255]);
  const other = source([0, 1, 2, 0, 2, 1]);
  const { onlyFirst, onlySecond, other: differs } = differenceValues;
  const tile = new DifferenceSource(one, other).at(0).tile({ x: 0, y: 0 });
  expect([...(tile as Uint8Array).subarray(0, 6)]).toEqual([
    ...[0, 0, onlySecond, onlyFirst, differs, 0],
  ]);
});

it('takes the level of which a pixel is at least one on the screen', () => {
  expect([3, 1, 0.99, 0.5, 0.2, 1 / 4096].map(maskLevelFor)).toEqual([0, 0, 0, 1, 2, 9]);
});
