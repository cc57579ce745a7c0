import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { collected, memoryMask, randomMask } from '../testing/memory-mask.ts';
import { decodeCocoRuns, runsToMask } from './rle.ts';
import { cocoOfMasks } from './write-coco.ts';

const file = z.object({
  images: z.array(z.object({ id: z.number(), file_name: z.string(), width: z.number() })),
  annotations: z.array(
    z.object({
      id: z.number(),
      image_id: z.number(),
      category_id: z.number(),
      iscrowd: z.number(),
      ignore: z.number().optional(),
      area: z.number(),
      bbox: z.array(z.number()),
      segmentation: z.object({ size: z.array(z.number()), counts: z.string() }),
    }),
  ),
  categories: z.array(z.object({ id: z.number(), name: z.string() })),
});

const classes = [
  { value: 1, name: 'a "quoted\\name"', colour: '#0072b2' },
  { value: 7, name: null, colour: null },
];

async function written(masks: readonly { pixels: Uint8Array; width: number; height: number }[]) {
  const images = masks.map(({ pixels, ...size }, index) => ({
    name: `${index}.png`,
    mask: memoryMask(pixels, size, classes),
  }));
  return file.parse(JSON.parse((await collected(cocoOfMasks(images, classes))).toString('utf8')));
}

describe('a COCO file', () => {
  it('contains each value of each mask, with its area and its box', async () => {
    const size = fc.record({
      width: fc.integer({ min: 1, max: 530 }),
      height: fc.integer({ min: 1, max: 530 }),
      seed: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 2 }), async (sizes) => {
        const masks = sizes.map(({ seed, ...one }) => ({
          ...one,
          pixels: randomMask(seed, one, [0, 1, 7, 255]),
        }));
        const { annotations, images } = await written(masks);
        expect(annotations.map(({ id }) => id)).toEqual(annotations.map((_, index) => index + 1));
        for (const [index, { pixels, width, height }] of masks.entries()) {
          const found = new Uint8Array(pixels.length);
          for (const one of annotations) {
            if (one.image_id !== images[index]?.id) continue;
            expect(one.segmentation.size).toEqual([height, width]);
            const runs = decodeCocoRuns(one.segmentation.counts, 'test');
            const inside = runsToMask(runs, { width, height });
            for (let at = 0; at < found.length; at++) {
              if (inside[at] === 1) found[at] = one.ignore === 1 ? 255 : one.category_id;
            }
            expect(one).toMatchObject(measures(inside, width));
            expect([0, 1]).toContain(one.iscrowd);
            expect(one.ignore ?? 0).toBe(one.iscrowd);
          }
          expect(Buffer.compare(found, pixels)).toBe(0);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('has a category for each class only, and unknown pixels as a crowd in each of them', async () => {
    const { annotations, categories } = await written([
      { pixels: Uint8Array.of(1, 255), width: 2, height: 1 },
    ]);
    expect(categories.map(({ id, name }) => [id, name])).toEqual([
      [1, 'a "quoted\\name"'],
      [7, 'class 7'],
    ]);
    expect(annotations.map((one) => [one.category_id, one.iscrowd, one.ignore])).toEqual([
      [1, 0, undefined],
      [1, 1, 1],
      [7, 1, 1],
    ]);
  });

  it('lists an image without regions', async () => {
    const { images, annotations } = await written([
      { pixels: new Uint8Array(6), width: 3, height: 2 },
    ]);
    expect([images.length, annotations.length]).toEqual([1, 0]);
  });
});

function measures(inside: Uint8Array, width: number): { area: number; bbox: number[] } {
  const at = [...inside.keys()].filter((index) => inside[index] === 1);
  const xs = at.map((index) => index % width);
  const ys = at.map((index) => Math.floor(index / width));
  const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]): number => values.reduce((a, b) => Math.max(a, b));
  const [left, top] = [least(xs), least(ys)];
  return { area: at.length, bbox: [left, top, most(xs) - left + 1, most(ys) - top + 1] };
}
