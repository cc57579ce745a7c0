import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { tinyVit } from '../../../tests/support/tiny-vit.ts';
import { channelsOf } from '../../core/image/preparation.ts';
import { writeSafetensors } from '../../formats/safetensors/safetensors.ts';
import { tryDevice } from './trial.ts';
import { measureSpeed } from './speed.ts';
import { openTeacher } from '../teachers/teacher.ts';

vi.mock('../teachers/teacher.ts', { spy: true });

// Extra channels cost too little to show in the time, so the tests check that they are requested.

const preparation = { range: 'auto', bands: [1, 2, 3, 4, 5, 8] };
let folder: string;
let teacher: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-speed-'));
  teacher = join(folder, 'bands.safetensors');
  await writeSafetensors(teacher, tinyVit({ channels: 8 }).weights);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  vi.mocked(openTeacher).mockClear();
});

const known = { overrides: { heads: 2 }, rank: 2, threads: 1 } as const;

/** Channels of the opened teachers. */
function opened(): (number | undefined)[] {
  return vi
    .mocked(openTeacher)
    .mock.calls.map(([, , { preparation: seen } = {}]) => seen && channelsOf(seen));
}

it('is measured with as many channels as requested', async () => {
  const { speed } = await measureSpeed({ ...known, teacher, preparation });
  expect(speed.view).toBeGreaterThan(0);
  expect(opened()).toEqual([6]);
});

it('is tried on a device with as many channels as requested', async () => {
  const step = { blocks: [0], batch: 2, precision: 'float32', imageSize: 8 } as const;
  const asked = { ...known, ...step, device: 'cpu', teacher, preparation } as const;
  expect((await tryDevice(asked)).imagesPerSecond).toBeGreaterThan(0);
  expect(opened()).toEqual([6]);
});
