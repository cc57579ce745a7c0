import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { distill } from '../../src/engine/jobs/distill.ts';
import { asClasses, temporaryFolder, tinyRequest, watch } from './support.ts';
import { writeImages, writeTinyTeacher } from './support.ts';
import type { Watched } from './support.ts';

// The start of a student, its learning rate, and the state that is delivered.

const folder = await temporaryFolder();
await writeTinyTeacher(join(folder, 'teacher.safetensors'));
await writeImages(join(folder, 'train'), 15, 1);
await writeImages(join(folder, 'test'), 6, 2);

function notices({ events }: Watched): string[] {
  return events.flatMap((event) => (event.type === 'notice' ? event.message : []));
}

function studentOf(out: string): Promise<Buffer> {
  return readFile(join(out, 'student.safetensors'));
}

it('tries the fitted copy by default, and reports which copy was chosen and why', async () => {
  const context = watch();
  const out = join(folder, 'auto');
  const summary = asClasses(await distill(tinyRequest(folder, { start: 'auto', out }), context));
  expect(notices(context)).toContainEqual(
    expect.stringMatching(
      /^The student starts as the (fitted|untrained) copy: .* Tried on 9 validation images: the fitted copy is correct for .* %, the untrained one for .* %.*; the fitted copy differs from the teacher by /,
    ),
  );
  expect(summary.recipe?.aside).toMatchObject({ images: 9 });
  expect(summary.loss.last).toBeLessThan(summary.loss.first);
  expect(summary.copy.msPerImage).toBe(summary.student.msPerImage);
  expect(summary.baselines?.mostFrequent).toBeCloseTo(1 / 3, 12);
});

describe('a learning rate that is far too high', () => {
  const request = tinyRequest(folder, { learningRate: 1, steps: 24, out: join(folder, 'high') });

  it('makes training return to an earlier state with a lower rate, and the result is no worse than the start', async () => {
    const context = watch();
    const summary = await distill(request, context);
    expect(summary.recipe?.rateFalls).toBeGreaterThan(0);
    expect(notices(context)).toContainEqual(expect.stringMatching(/rolled back to .* quarter of/));
    expect(summary.loss.last).toBeLessThan(summary.loss.first);
  });

  it.each([2, 5, 11])('gives the same bits after a pause at step %d', async (step) => {
    const out = join(folder, `paused-${step}`);
    await expect(distill({ ...request, out }, watch(step))).rejects.toThrow('Stopped');
    await distill({ ...request, out, resume: true }, watch());
    expect((await studentOf(out)).equals(await studentOf(request.out))).toBe(true);
  });
});

it('a run stopped before its first checkpoint starts from the beginning', async () => {
  const out = join(folder, 'early');
  const request = tinyRequest(folder, { out });
  await expect(distill(request, watch(0, 'fit'))).rejects.toMatchObject({ code: 'cancelled' });
  const context = watch();
  await distill({ ...request, resume: true }, context);
  expect(notices(context)).toContainEqual(
    expect.stringMatching(
      /^There is no checkpoint in .* yet, so the run starts from the beginning/,
    ),
  );
});

it('a run of one step and one image succeeds', async () => {
  const out = join(folder, 'least');
  const summary = await distill(tinyRequest(folder, { steps: 1, batch: 1, out }), watch());
  expect(summary.steps).toBe(1);
  expect([1, 'start', 'copy']).toContain(summary.recipe?.kept);
});
