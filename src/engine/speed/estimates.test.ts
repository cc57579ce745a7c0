import { expect, it } from 'vitest';
import type { ProjectSettings } from '../../contract/app.ts';
import { settings as usual } from '../../store/testing/fixtures.ts';
import { plainVit } from '../../core/vit/architecture.ts';
import { entryBytes } from '../distill/target-cache.ts';
import { estimateStudents, machineKey } from './estimates.ts';
import type { Workload } from './estimates.ts';

const architecture = {
  ...plainVit,
  imageSize: 64,
  patchSize: 8,
  width: 192,
  depth: 12,
  heads: 3,
  mlpWidth: 768,
};
const speed = {
  step: { fixed: 0.001, block: 0.001 },
  inference: { fixed: 0, block: 0.0002 },
  target: 0.003,
  view: 0.0005,
};
const settings: ProjectSettings = {
  ...usual,
  teacher: 1,
  steps: 100,
  batch: 10,
  views: 4,
  start: 'copy',
};
const workload: Workload = {
  images: 50,
  labelled: 10,
  tested: 20,
  classes: 3,
  pixels: 64 * 64,
  memory: 2 ** 34,
  atOnce: 8,
  outlines: false,
};

/** Returns the estimated seconds with every second block. */
function half(change: Partial<Workload> = {}, chosen = settings, channels = 3): number {
  const load = { ...workload, ...change };
  const students = estimateStudents({ ...architecture, channels }, speed, chosen, load);
  return students.find(({ skip }) => skip === 2)?.seconds ?? NaN;
}

it('offers each number of blocks once', () => {
  const students = estimateStudents(architecture, speed, settings, workload);
  expect(students.map(({ skip }) => skip)).toEqual([1, 2, 3, 4, 6, 12]);
  const counts = students.map(({ blocks }) => blocks.length);
  expect(new Set(counts).size).toBe(counts.length);
  expect(students[1]?.speedUp).toBeCloseTo(2, 9);
});

it('adds up steps, new views and the remaining work', () => {
  // 1,000 samples of six blocks and 200 new views; the rest takes a few seconds.
  const steps = 1000 * 0.007 + 200 * 0.0035;
  expect(half() - steps).toBeGreaterThan(2);
  expect(half() - steps).toBeLessThan(8);
});

it('counts the targets that do not fit into memory and are computed again', () => {
  // A quarter of the free memory is for targets: half of the 200 views fit, the others are computed four more times
  // each.
  const memory = 4 * 100 * entryBytes(architecture);
  expect(half({ memory }) - half()).toBeCloseTo(4 * 100 * 0.0035, 9);
});

it('counts images that do not fit into memory and are read again for each new view', () => {
  // An eighth of the free memory is for images; this much suffices for all targets.
  const [images, pixels] = [200, 192 * 192];
  const once = { ...settings, views: 1 };
  const memory = 4 * images * entryBytes(architecture);
  const share = 1 - memory / 8 / (images * 3 * pixels);
  const again = half({ images, pixels, memory }, once) - half({ images, pixels }, once);
  expect(share).toBeGreaterThan(0);
  expect(again).toBeCloseTo(200 * share * (4e-4 + pixels * 1.2e-8), 9);
});

it('counts that more channels need proportionally more memory and reading time', () => {
  const [images, pixels] = [200, 192 * 192];
  const once = { ...settings, views: 1 };
  const memory = 4 * images * entryBytes({ ...architecture, channels: 12 });
  const again = half({ images, pixels, memory }, once, 12) - half({ images, pixels }, once, 12);
  const share = 1 - memory / 8 / (images * 12 * pixels);
  expect(again).toBeCloseTo(200 * share * (4e-4 + 4 * pixels * 1.2e-8), 9);
});

it('distinguishes measurements only by their number of channels', () => {
  const key = (bands?: number[], range = 'auto'): string =>
    machineKey({ rank: 4, preparation: { range, ...(bands && { bands }) } });
  expect(key()).toBe(machineKey({ rank: 4 }));
  expect([key([2]), key([4, 3, 2]), key(undefined, 'full')]).toEqual([key(), key(), key()]);
  expect(key([1, 2, 3, 4])).toBe(`${key()}, 4 channels`);
});

it('counts the time of three encoders for labelled and held-out images, and for large images', () => {
  // Teacher, copy and student: 24 blocks per image, and reading its file.
  const more = half({ tested: 1020 }) - half();
  const parity = 4 * 44 * 6 * 0.0002;
  expect(more).toBeCloseTo(1000 * (24 * 0.0002 + 4e-4 + 64 * 64 * 1.2e-8) + parity, 9);
  expect(half({ labelled: 1010 }) - half()).toBeGreaterThan(1000 * 24 * 0.0002);
  expect(half({ pixels: 4000 * 3000 }) - half()).toBeGreaterThan(50 * 0.1);
});

it('is a number even without images', () => {
  expect(half({ images: 0, labelled: 0, tested: 0, pixels: 0 })).toBeGreaterThan(0);
});

it('a fitted start takes longer', () => {
  expect(half({}, { ...settings, start: 'fitted' })).toBeGreaterThan(half());
});

it('counts three decoders, the tiles of test images, and fine-tuning of adapters', () => {
  const decoder = { step: 0.05, inference: 0.01 };
  const outlined = (
    change: Partial<ProjectSettings> = {},
    more: Partial<Workload> = {},
    measured: typeof speed & { decoder?: typeof decoder } = { ...speed, decoder },
  ): number => {
    const load = { ...workload, outlines: true, ...more };
    const students = estimateStudents(architecture, measured, { ...settings, ...change }, load);
    return students.find(({ skip }) => skip === 2)?.seconds ?? NaN;
  };
  // Sixteen crops per step, for three decoders.
  const longer = outlined({ decoderSteps: settings.decoderSteps + 100 }) - outlined();
  expect(longer).toBeCloseTo(100 * 16 * 3 * 0.05, 6);
  // Fine-tuning adds half as many steps, each of encoder and decoder.
  const adapting = outlined({ adapt: true }) - outlined();
  expect(adapting).toBeCloseTo((settings.decoderSteps / 2) * 16 * (0.007 + 0.05), 6);
  // Half-overlapping tiles of 64 px: 16 in 128 × 128.
  const more = outlined({}, { tested: 21 }) - outlined();
  const large = { pixels: 128 * 128, images: 0 };
  const larger = outlined({}, { ...large, tested: 21 }) - outlined({}, { ...large, tested: 20 });
  expect(larger).toBeCloseTo(16 * (24 * 0.0002 + 3 * 0.01), 6);
  expect(more).toBeCloseTo(larger / 4, 6);
});

it("includes the decoder, which is the same for all, in a student's speed", () => {
  const measured = { ...speed, decoder: { step: 0.05, inference: 0.0012 } };
  const faster = (outlines: boolean): number =>
    estimateStudents(architecture, measured, settings, { ...workload, outlines })[1]?.speedUp ??
    NaN;
  expect(faster(false)).toBeCloseTo(2, 9);
  // 12 blocks of 0.2 ms against 6, each plus 1.2 ms for the decoder.
  expect(faster(true)).toBeCloseTo(3.6 / 2.4, 9);
});

it('states the needed memory, more for decoders', () => {
  const needed = (change: Partial<Workload>): number =>
    estimateStudents(architecture, speed, settings, { ...workload, ...change })[1]?.memoryNeeded ??
    NaN;
  expect(needed({})).toBeGreaterThan(4 * 5e6);
  expect(needed({ outlines: true }) - needed({})).toBe(4 * 64 ** 2 * (512 + 6 * 4) * 8);
  expect(needed({ atOnce: 16 })).toBeGreaterThan(needed({}));
});
