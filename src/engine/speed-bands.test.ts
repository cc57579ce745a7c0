import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tinyVit } from '../../tests/support/tiny-vit.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { tryDevice } from './devices/trial.ts';
import { measureSpeed } from './speed.ts';

// Somebody has named as many bands of a teacher as a project sees: of other projects it cannot be.

const bands = [1, 2, 3, 4, 5, 8];
const preparation = { range: 'auto', bands };
let folder: string;
let teacher: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-speed-'));
  teacher = join(folder, 'bands.safetensors');
  await writeSafetensors(teacher, tinyVit({ channels: 8 }).weights);
});
afterAll(() => rm(folder, { recursive: true }));

const known = { overrides: { heads: 2, colourBands: bands }, rank: 2, threads: 1 } as const;

it('is measured with as many channels as are seen', async () => {
  const { speed } = await measureSpeed({ ...known, teacher, preparation });
  expect(speed.view).toBeGreaterThan(0);
  await expect(measureSpeed({ ...known, teacher })).rejects.toMatchObject({
    code: 'invalid-option',
  });
});

it('is tried on a device with as many channels as are seen', async () => {
  const step = { blocks: [0], batch: 2, precision: 'float32', imageSize: 8 } as const;
  const speed = await tryDevice({ ...known, ...step, device: 'cpu', teacher, preparation });
  expect(speed).toBeGreaterThan(0);
});
