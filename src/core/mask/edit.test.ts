import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readArea } from './area.ts';
import { brushRuns } from './brush.ts';
import { MaskEdit, paintOver } from './edit.ts';
import type { Paint } from './edit.ts';
import { applyPatch, type MaskPatch } from './patch.ts';
import { SparseMask, valueAt } from './sparse-mask.ts';
import { tilePixels } from './tiles.ts';

const size = { width: 700, height: 600 };
const whole = { x: 0, y: 0, ...size };
const all = paintOver('everything');

function pixelsOf(mask: SparseMask): Uint8Array {
  return readArea(mask, whole).values;
}

const run = fc.record({
  y: fc.integer({ min: -3, max: 603 }),
  left: fc.integer({ min: -20, max: 720 }),
  length: fc.integer({ min: 0, max: 300 }),
});
const stroke = fc.record({
  value: fc.integer({ min: 0, max: 3 }),
  runs: fc.array(run, { minLength: 1, maxLength: 12 }),
  background: fc.boolean(),
  locked: fc.subarray([1, 2]),
});

type Stroke = typeof stroke extends fc.Arbitrary<infer T> ? T : never;

function paintOf({ value, background, locked }: Stroke): Paint {
  return { value, over: paintOver(background ? 'background' : 'everything', locked) };
}

function draw(mask: SparseMask, drawn: Stroke): MaskPatch | undefined {
  const edit = new MaskEdit(mask, paintOf(drawn));
  for (const { y, left, length } of drawn.runs) edit.run(y, left, left + length);
  return edit.finish();
}

/** Same edit on a plain array, pixel by pixel. */
function drawPlainly(pixels: Uint8Array, drawn: Stroke): void {
  for (const { y, left, length } of drawn.runs) {
    for (let x = Math.max(0, left); x < Math.min(size.width, left + length); x++) {
      if (y < 0 || y >= size.height) continue;
      const present = pixels[y * size.width + x] ?? 0;
      const isFree = present === 0 || (!drawn.background && !drawn.locked.includes(present));
      if (isFree) pixels[y * size.width + x] = drawn.value;
    }
  }
}

describe('a mask in memory', () => {
  it('is painted like a plain array, and undone and redone exactly', () => {
    fc.assert(
      fc.property(fc.array(stroke, { maxLength: 6 }), (strokes) => {
        const mask = new SparseMask(size);
        const plain = new Uint8Array(size.width * size.height);
        const states = [plain.slice()];
        const patches = strokes.map((drawn) => {
          const patch = draw(mask, drawn);
          drawPlainly(plain, drawn);
          states.push(plain.slice());
          expect(Buffer.compare(pixelsOf(mask), plain)).toBe(0);
          return patch;
        });
        for (let at = patches.length - 1; at >= 0; at--) {
          const patch = patches[at];
          if (patch) applyPatch(mask, patch, 'before');
          expect(Buffer.compare(pixelsOf(mask), states[at] ?? plain)).toBe(0);
        }
        for (const patch of patches) if (patch) applyPatch(mask, patch, 'after');
        expect(Buffer.compare(pixelsOf(mask), plain)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  it('stores only the changes of a stroke', () => {
    const mask = new SparseMask(size);
    const edit = new MaskEdit(mask, { value: 1, over: all });
    brushRuns({ x: 400, y: 300, radius: 20 }, { x: 600, y: 320, radius: 20 }, edit.run);
    const patch = edit.finish();
    expect(patch?.tiles.map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(patch?.rectangle).toMatchObject({ x: 380, width: 240 });
    // Two runs per row at most, of some bytes each.
    const coded = patch?.tiles.map(({ before, after }) => before.length + after.length) ?? [];
    expect(coded.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(2000);
  });

  it('returns the area to redraw, around exactly the changes', () => {
    const mask = new SparseMask(size);
    const edit = new MaskEdit(mask, { value: 1, over: all });
    edit.run(10, 500, 530);
    edit.run(12, 505, 510);
    expect(edit.takeDirty()).toEqual({ x: 500, y: 10, width: 30, height: 3 });
    edit.run(10, 500, 530);
    expect(edit.takeDirty()).toBeUndefined();
  });

  it('has nothing to undo if nothing changed', () => {
    const mask = new SparseMask(size);
    const edit = new MaskEdit(mask, { value: 0, over: all });
    edit.run(10, 0, 700);
    expect(edit.finish()).toBeUndefined();
    expect(mask.places()).toEqual([]);
  });

  it('is unchanged after a cancelled stroke', () => {
    fc.assert(
      fc.property(stroke, stroke, (first, second) => {
        const mask = new SparseMask(size);
        draw(mask, first);
        const before = pixelsOf(mask);
        const edit = new MaskEdit(mask, paintOf(second));
        for (const { y, left, length } of second.runs) edit.run(y, left, left + length);
        edit.cancel();
        expect(Buffer.compare(pixelsOf(mask), before)).toBe(0);
        expect(edit.finish()).toBeUndefined();
      }),
      { numRuns: 15 },
    );
  });
});

describe('a tile that is not loaded', () => {
  it('is painted once it is loaded', () => {
    fc.assert(
      fc.property(stroke, stroke, (stored, drawn) => {
        const here = new SparseMask(size);
        draw(here, stored);
        const late = new SparseMask(size, [{ x: 0, y: 0 }]);
        for (const place of here.places()) {
          if (place.x + place.y > 0) late.put(place, here.tile(place)?.slice() ?? null);
        }
        const edit = new MaskEdit(late, paintOf(drawn));
        for (const { y, left, length } of drawn.runs) edit.run(y, left, left + length);
        if (edit.missing.length > 0) {
          expect(edit.missing).toEqual([{ x: 0, y: 0 }]);
          expect(late.tile({ x: 0, y: 0 })).toBeUndefined();
        }
        late.put({ x: 0, y: 0 }, here.tile({ x: 0, y: 0 })?.slice() ?? null);
        edit.resume();
        expect(edit.missing).toEqual([]);
        const patch = draw(here, drawn);
        expect(Buffer.compare(pixelsOf(late), pixelsOf(here))).toBe(0);
        expect(edit.finish()?.rectangle).toEqual(patch?.rectangle);
      }),
      { numRuns: 15 },
    );
  });

  it('is unknown until it is loaded', () => {
    const mask = new SparseMask(size, [{ x: 1, y: 0 }]);
    expect(valueAt(mask, 600, 3)).toBeUndefined();
    expect(valueAt(mask, 3, 3)).toBe(0);
    mask.put({ x: 1, y: 0 }, new Uint8Array(tilePixels).fill(7));
    expect(valueAt(mask, 600, 3)).toBe(7);
    expect(valueAt(mask, 3, 700)).toBeUndefined();
  });
});

it('paints only within a range of values', () => {
  const values = Uint8Array.from({ length: tilePixels }, (_, at) => at % 256);
  const shown = { size, tile: () => values };
  const mask = new SparseMask(size);
  const within = { values: shown, low: 10, high: 20 };
  const edit = new MaskEdit(mask, { value: 2, over: all, within });
  edit.run(5, 0, 256);
  const painted = [...readArea(mask, { x: 0, y: 5, width: 256, height: 1 }).values];
  expect(painted).toEqual(painted.map((_, at) => (at >= 10 && at <= 20 ? 2 : 0)));
});
