import { expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { TilePainter } from './refine.ts';
import { halved } from './window.ts';

/** Image that is dark left of a column and bright right of it. */
function edgeAt(side: number, column: number): Raster {
  const data = Uint8Array.from({ length: side * side }, (_, at) => (at % side < column ? 40 : 200));
  return { width: side, height: side, channels: 1, data };
}

it('labels of four pixels follow the edge that the image has within them', () => {
  const fine = edgeAt(64, 34);
  const coarse = halved(halved(fine));
  // The edge is within the ninth coarse pixel, which counts as bright.
  const values = Uint8Array.from({ length: 256 }, (_, at) => (at % 16 < 8 ? 0 : 3));
  const region = { x: 0, y: 0, width: 16, height: 16 };
  const labelled = { region, values, step: 4, coarse, fine, fineStep: 1 };
  const area = { x: 0, y: 0, width: 64, height: 64 };
  const tile = new TilePainter(labelled, 0).paint({ x: 0, y: 0 }, area);
  const row = [...tile.subarray(20 * 512, 20 * 512 + 64)];
  expect(row.indexOf(3)).toBe(34);
  expect(row.lastIndexOf(0)).toBe(33);
  expect(tile[64]).toBe(0);
  expect(tile[64 * 512]).toBe(0);
});

it('a level as coarse as the labels, or coarser, uses them unchanged', () => {
  const fine = edgeAt(64, 32);
  const coarse = halved(fine);
  const values = Uint8Array.from({ length: 1024 }, (_, at) => (at * 7) % 5);
  const region = { x: 0, y: 0, width: 32, height: 32 };
  const labelled = { region, values, step: 2, coarse, fine, fineStep: 1 };
  const same = new TilePainter(labelled, 1).paint({ x: 0, y: 0 }, region);
  const half = { x: 0, y: 0, width: 16, height: 16 };
  const coarser = new TilePainter(labelled, 2).paint({ x: 0, y: 0 }, half);
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 16; x++) {
      expect(same[y * 512 + x]).toBe(values[y * 32 + x]);
      expect(coarser[y * 512 + x]).toBe(values[(2 * y + 1) * 32 + 2 * x + 1]);
    }
  }
});
