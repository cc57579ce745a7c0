import { expect, it } from 'vitest';
import { readArea } from '../../../../core/mask/area.ts';
import { paintOver } from '../../../../core/mask/edit.ts';
import { applyPatch, patchOf } from '../../../../core/mask/patch.ts';
import { SparseMask } from '../../../../core/mask/sparse-mask.ts';
import { tilePixels } from '../../../../core/mask/tiles.ts';
import { splitIntoBlocks, countValues, paintProposal, withinImage } from './proposal.ts';

const size = { width: 600, height: 3 };
const whole = { x: 0, y: 0, ...size };

it('paints a proposal as one edit of all classes, which is undone as one', () => {
  const mask = new SparseMask(size);
  mask.writable({ x: 0, y: 0 })?.fill(7, 0, 4);
  const before = readArea(mask, whole).values;
  const proposed = new SparseMask(size);
  const pixels = new Uint8Array(tilePixels);
  pixels.fill(1, 2, 10).fill(2, 10, 300);
  proposed.put({ x: 0, y: 0 }, pixels);
  proposed.put({ x: 1, y: 0 }, new Uint8Array(tilePixels).fill(1, 0, 20));
  const patches = paintProposal(mask, proposed, whole, paintOver('everything', [7]));
  expect(patches).toHaveLength(2);
  const after = readArea(mask, whole).values;
  expect([...after.subarray(0, 12)]).toEqual([7, 7, 7, 7, 1, 1, 1, 1, 1, 1, 2, 2]);
  expect(after[513]).toBe(1);
  const patch = patchOf(patches.flatMap(({ tiles }) => tiles));
  if (patch === undefined) throw new Error('nothing was painted');
  applyPatch(mask, patch, 'before');
  expect(Buffer.compare(readArea(mask, whole).values, before)).toBe(0);
  applyPatch(mask, patch, 'after');
  expect(Buffer.compare(readArea(mask, whole).values, after)).toBe(0);
  expect(countValues(mask)).toBe(3);
});

it('is undone exactly even if each tile lists the classes in another order', () => {
  const mask = new SparseMask(size);
  const proposed = new SparseMask(size);
  // Two classes, swapped in the second tile.
  for (const [x, shift] of [
    [0, 0],
    [1, 1],
  ] as const) {
    const field = (at: number): number => Math.floor((at % 512) / 8) + Math.floor(at / 512) + shift;
    const pixels = Uint8Array.from({ length: tilePixels }, (_, at) =>
      at < 3 * 512 ? 1 + (field(at) % 2) : 0,
    );
    proposed.put({ x, y: 0 }, pixels);
  }
  const patches = paintProposal(mask, proposed, whole, paintOver('everything'));
  const after = readArea(mask, whole).values;
  const patch = patchOf(patches.flatMap(({ tiles }) => tiles));
  if (patch === undefined) throw new Error('nothing was painted');
  applyPatch(mask, patch, 'before');
  expect(readArea(mask, whole).values.every((value) => value === 0)).toBe(true);
  applyPatch(mask, patch, 'after');
  expect(Buffer.compare(readArea(mask, whole).values, after)).toBe(0);
});

it('asks for a region in blocks that cover it once', () => {
  const region = withinImage(
    { x: -5.5, y: 10.2, width: 9000, height: 20 },
    { width: 8200, height: 40 },
  );
  expect(region).toEqual({ x: 0, y: 10, width: 8200, height: 21 });
  expect(region && splitIntoBlocks(region, 4096).map(({ x, width }) => [x, width])).toEqual([
    [0, 4096],
    [4096, 4096],
    [8192, 8],
  ]);
  expect(withinImage({ x: 50, y: 0, width: 5, height: 5 }, { width: 40, height: 40 })).toBe(
    undefined,
  );
});
