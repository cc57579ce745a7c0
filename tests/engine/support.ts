import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { distillRequest } from '../../src/contract/jobs.ts';
import type { DistillRequest, JobEvent, Task } from '../../src/contract/jobs.ts';
import { Random } from '../../src/core/random.ts';
import type { JobContext } from '../../src/engine/job.ts';
import { writePng } from '../../src/formats/images.ts';
import { writeSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import { tinyArchitecture, tinyWeights } from '../support/tiny-vit.ts';

/** Creates a folder that is removed after the tests of a file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-test-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a teacher with random weights, small enough that a whole job takes seconds. */
export async function writeTinyTeacher(path: string): Promise<void> {
  const sizes = { imageSize: 16, patchSize: 8, width: 64, depth: 4, heads: 1, mlpWidth: 96 };
  await writeSafetensors(path, tinyWeights({ ...tinyArchitecture, ...sizes }), { dtype: 'F32' });
}

/** Writes a ViT-S/16 with random weights, as several cards of the catalogue describe it: 44 MB. */
export async function writeSmallTeacher(path: string): Promise<void> {
  const sizes = { imageSize: 224, patchSize: 16, width: 384, depth: 12, heads: 6, mlpWidth: 1536 };
  await writeSafetensors(path, tinyWeights({ ...tinyArchitecture, ...sizes }), { dtype: 'F16' });
}

export const classes = ['blue', 'green', 'red'] as const;

/** Writes noisy images of one colour each, in class folders, and returns their paths. */
export async function writeImages(
  folder: string,
  perClass: number,
  seed: number,
): Promise<string[]> {
  const paths: string[] = [];
  for (const [channel, name] of [...classes].reverse().entries()) {
    for (let index = 0; index < perClass; index++) {
      const random = new Random(seed, channel, index);
      const side = 18 + random.integer(8);
      const data = Uint8Array.from({ length: side * side * 3 }, (_, position) =>
        Math.floor(random.uniform(0, position % 3 === channel ? 255 : 150)),
      );
      const path = join(folder, name, `${index}.png`);
      await mkdir(dirname(path), { recursive: true });
      await writePng(path, { width: side, height: side, channels: 3, data });
      paths.push(path);
    }
  }
  return paths;
}

export async function writeText(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Returns a short job on the tiny teacher, one thread, so that the same seed gives the same bits. */
export function tinyRequest(folder: string, more: Partial<DistillRequest> = {}): DistillRequest {
  return distillRequest.parse({
    teacher: join(folder, 'teacher.safetensors'),
    images: join(folder, 'train'),
    test: join(folder, 'test'),
    skip: 2,
    start: 'fitted',
    rank: 2,
    steps: 12,
    batch: 8,
    views: 3,
    learningRate: 0.01,
    threads: 1,
    seed: 4,
    out: join(folder, 'out'),
    ...more,
  });
}

/** Returns the result of a classification run; throws for any other result. */
export function asClasses<Result extends { readonly task: Task }>(
  result: Result | null | undefined,
): Exclude<Result, { readonly task: 'segmentation' }> {
  if (!result || result.task === 'segmentation') {
    throw new Error(`a result of classes was expected, not ${result?.task ?? 'none'}`);
  }
  return result as Exclude<Result, { readonly task: 'segmentation' }>;
}

export interface Watched extends JobContext {
  report: JobContext['report'];
  readonly events: JobEvent[];
}

/** Observes a job; `stopAt` cancels it after so many steps of a phase. */
export function watch(stopAt = Infinity, phase = 'distill'): Watched {
  const controller = new AbortController();
  const events: JobEvent[] = [];
  return {
    signal: controller.signal,
    events,
    report(event) {
      events.push(event);
      if (event.type === 'progress' && event.phase === phase && event.done >= stopAt) {
        controller.abort();
      }
    },
  };
}
