import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.ts';
import { drawSample } from './draw.ts';
import { sampleSets, type SampleSetName } from './sets.ts';

const setNames: readonly SampleSetName[] = ['land', 'cells'];
const cases = setNames.flatMap((set) =>
  sampleSets[set].classes.map(({ name }) => [set, name] as const),
);

/** Counts each value. */
function histogram(values: Uint8Array, size: number): number[] {
  const counts = new Array<number>(size).fill(0);
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Mean colour of the pixels for which `keep` is true. */
function meanColour(data: Uint8Array, keep: (pixel: number) => boolean = () => true): number[] {
  const sums = [0, 0, 0];
  let count = 0;
  for (let pixel = 0; pixel < data.length / 3; pixel++) {
    if (!keep(pixel)) continue;
    count++;
    for (const channel of [0, 1, 2])
      sums[channel] = (sums[channel] ?? 0) + (data[pixel * 3 + channel] ?? 0);
  }
  return sums.map((sum) => sum / count);
}

function hash(...parts: readonly Uint8Array[]): string {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest('hex').slice(0, 16);
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, axis) => sum + (value - (b[axis] ?? 0)) ** 2, 0);
}

/** Share of unseen images whose class is that of the nearest mean colour of a class. */
function colourAccuracy(set: SampleSetName): number {
  const classes = sampleSets[set].classes.map(({ name }) =>
    Array.from({ length: 40 }, (_, index) =>
      meanColour(drawSample(set, name, index, 11).image.data),
    ),
  );
  const centroids = classes.map((colours) =>
    [0, 1, 2].map((axis) => colours.slice(0, 20).reduce((sum, c) => sum + (c[axis] ?? 0), 0) / 20),
  );
  let right = 0;
  classes.forEach((colours, label) => {
    for (const colour of colours.slice(20)) {
      const distances = centroids.map((centroid) => squaredDistance(colour, centroid));
      if (distances.indexOf(Math.min(...distances)) === label) right++;
    }
  });
  return right / (20 * classes.length);
}

describe('drawSample', () => {
  // Exact bytes: any change of the drawings also changes every published number of the demo.
  it.each([
    ['land', 'water', 'cbb9d91108ab9376'],
    ['land', 'forest', 'a8c099d45b3daf76'],
    ['land', 'crops', '80d5a5798adde970'],
    ['land', 'town', 'f264d557a6fad480'],
    ['land', 'bare', '93756ca35b077656'],
    ['cells', 'lymphocyte', '03bb8b89d18e4d5b'],
    ['cells', 'monocyte', '3f4d4cb5e99a99d7'],
    ['cells', 'neutrophil', '41903a905e8ceb58'],
    ['cells', 'eosinophil', 'b229ecc9b833d1f5'],
  ] as const)('draws the same bytes everywhere: %s, %s', (set, name, expected) => {
    const samples = [0, 1, 2, 3].map((index) => drawSample(set, name, index, 7));
    expect(hash(...samples.flatMap(({ image, mask }) => [image.data, mask.data]))).toBe(expected);
  });

  it.each(cases)('depends on nothing but its arguments: %s, %s', (set, name) => {
    const first = drawSample(set, name, 5, 1);
    drawSample(set, name, 6, 1);
    expect(drawSample(set, name, 5, 1)).toEqual(first);
    const others = [drawSample(set, name, 6, 1), drawSample(set, name, 5, 2)];
    for (const other of others) expect(hash(other.image.data)).not.toBe(hash(first.image.data));
  });

  it.each(cases)('returns an image and a mask of the set’s size: %s, %s', (set, name) => {
    const { side, maskClasses } = sampleSets[set];
    const { image, mask } = drawSample(set, name, 0, 3);
    expect([image.width, image.height, image.channels]).toEqual([side, side, 3]);
    expect([mask.width, mask.height, mask.channels]).toEqual([side, side, 1]);
    expect(image.data).toHaveLength(side * side * 3);
    expect(mask.data).toHaveLength(side * side);
    expect(Math.max(...mask.data)).toBeLessThan(maskClasses.length);
  });

  it.each(cases)('draws plausible light and varied pictures: %s, %s', (set, name) => {
    const means: number[] = [];
    for (let index = 0; index < 12; index++) {
      const { image } = drawSample(set, name, index, 5);
      const [red = 0, green = 0, blue = 0] = meanColour(image.data);
      const mean = (red + green + blue) / 3;
      means.push(mean);
      expect(mean).toBeGreaterThan(set === 'land' ? 30 : 140);
      expect(mean).toBeLessThan(set === 'land' ? 190 : 235);
      const burnt = image.data.filter((value) => value === 255 || value === 0).length;
      expect(burnt / image.data.length).toBeLessThan(0.15);
    }
    expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(5);
  });

  it('names the classes when asked for another', () => {
    expect(() => drawSample('land', 'lava', 0, 0)).toThrow(UserError);
    expect(() => drawSample('land', 'lava', 0, 0)).toThrow(/water, forest, crops, town, bare/);
  });
});

describe('land', () => {
  it.each(sampleSets.land.classes.map(({ name }) => name))('shows mostly its label: %s', (name) => {
    const value = sampleSets.land.maskClasses.findIndex((other) => other.name === name);
    let others = 0;
    for (let index = 0; index < 60; index++) {
      const { mask } = drawSample('land', name, index, 21);
      const counts = histogram(mask.data, 6);
      const own = counts[value] ?? 0;
      expect(own).toBe(Math.max(...counts));
      expect(own / mask.data.length).toBeGreaterThan(0.5);
      if (own < mask.data.length * 0.97) others++;
    }
    // … and other tiles have other classes too.
    expect(others).toBeGreaterThan(8);
  });

  it('is bluer in water and greener in forest than on bare ground', () => {
    const redness = (name: string) => {
      const value = sampleSets.land.maskClasses.findIndex((other) => other.name === name);
      let sum = 0;
      let tiles = 0;
      for (const { name: label } of sampleSets.land.classes)
        for (let index = 0; index < 30; index++) {
          const { image, mask } = drawSample('land', label, index, 4);
          // On tiles of other classes, since the mask is tested.
          if (label === name || (histogram(mask.data, 6)[value] ?? 0) < 40) continue;
          const [red = 0, green = 0] = meanColour(image.data, (p) => mask.data[p] === value);
          sum += red - green;
          tiles++;
        }
      expect(tiles).toBeGreaterThan(3);
      return sum / tiles;
    };
    const bare = redness('bare');
    expect(redness('water')).toBeLessThan(bare - 8);
    expect(redness('forest')).toBeLessThan(bare - 8);
  });

  it('cannot be distinguished by mean colour only', () => {
    const accuracy = colourAccuracy('land');
    expect(accuracy).toBeGreaterThan(0.3);
    expect(accuracy).toBeLessThan(0.72);
  });
});

describe('cells', () => {
  it.each(sampleSets.cells.classes.map(({ name }) => name))('shows one whole cell: %s', (name) => {
    for (let index = 0; index < 30; index++) {
      const { image, mask } = drawSample('cells', name, index, 21);
      const counts = histogram(mask.data, 4).map((count) => count / mask.data.length);
      const [slide = 0, nucleus = 0, cytoplasm = 0] = counts;
      expect(slide).toBeGreaterThan(0.2);
      expect(nucleus).toBeGreaterThan(0.005);
      expect(nucleus).toBeLessThan(0.25);
      expect(nucleus + cytoplasm).toBeGreaterThan(0.03);
      const brightness = (value: number) => {
        const [red = 0, green = 0] = meanColour(image.data, (p) => mask.data[p] === value);
        return red + green;
      };
      expect(brightness(1)).toBeLessThan(brightness(2) - 30);
      expect(brightness(2)).toBeLessThan(brightness(0));
      if ((counts[3] ?? 0) > 0.01) expect(brightness(3)).toBeLessThan(brightness(0) - 15);
    }
  });

  it('differ in size and in the share of the nucleus as the kinds do', () => {
    const measure = (name: string) => {
      let whole = 0;
      let share = 0;
      for (let index = 0; index < 40; index++) {
        const counts = histogram(drawSample('cells', name, index, 2).mask.data, 4);
        const area = (counts[1] ?? 0) + (counts[2] ?? 0);
        whole += area / 40;
        share += (counts[1] ?? 0) / area / 40;
      }
      return { whole, share };
    };
    const lymphocyte = measure('lymphocyte');
    const monocyte = measure('monocyte');
    const neutrophil = measure('neutrophil');
    expect(monocyte.whole).toBeGreaterThan(1.4 * lymphocyte.whole);
    expect(lymphocyte.share).toBeGreaterThan(neutrophil.share + 0.15);
    expect(monocyte.share).toBeGreaterThan(neutrophil.share + 0.15);
  });

  it('cannot be distinguished by mean colour only', () => {
    expect(colourAccuracy('cells')).toBeLessThan(0.6);
  });
});

describe('sampleSets', () => {
  it.each(setNames)('has a colour of its own for every class: %s', (set) => {
    const { classes, maskClasses, description } = sampleSets[set];
    for (const list of [classes, maskClasses]) {
      expect(new Set(list.map(({ colour }) => colour)).size).toBe(list.length);
      expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
      for (const { colour } of list) expect(colour).toMatch(/^#[0-9a-f]{6}$/);
    }
    expect(description).not.toContain('\n');
  });
});
