import { rmSync } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { distill } from '../../src/engine/jobs/distill.ts';
import {
  temporaryFolder,
  tinyRequest,
  watch,
  writeImages,
  writeText,
  writeTinyTeacher,
} from './support.ts';

describe('a job that is stopped, fails or meets the files of another', async () => {
  const folder = await temporaryFolder();

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(folder, 'train'), 12, 1);
    await writeImages(join(folder, 'test'), 8, 2);
  });

  it('saves a checkpoint when it is stopped, and continues to the same bits', async () => {
    const stopped = join(folder, 'stopped');
    const request = tinyRequest(folder, { out: stopped });
    await expect(distill(request, watch(5))).rejects.toMatchObject({
      code: 'cancelled',
      message: expect.stringContaining('--resume') as string,
    });
    expect(await readdir(stopped)).toEqual(['checkpoint.safetensors']);
    const context = watch();
    await distill({ ...request, resume: true }, context);
    expect(context.events).toContainEqual({ type: 'notice', message: 'Continuing after step 5.' });
    // Guesses about the teacher are reported before training begins.
    const guess = context.events.findIndex(
      (event) => event.type === 'notice' && /guess about the teacher.*--heads/.test(event.message),
    );
    const learning = context.events.findIndex(
      (event) => event.type === 'progress' && event.phase === 'distill',
    );
    expect(guess).toBeGreaterThanOrEqual(0);
    expect(guess).toBeLessThan(learning);
    const whole = join(folder, 'whole');
    await distill(tinyRequest(folder, { out: whole }), watch());
    const [a, b] = await Promise.all(
      [whole, stopped].map((place) => readFile(join(place, 'student.safetensors'))),
    );
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
    expect(await readdir(stopped)).not.toContain('checkpoint.safetensors');
  });

  it('keeps the checkpoint of a stopped run until the new run has finished a step', async () => {
    const place = join(folder, 'kept');
    const request = tinyRequest(folder, { out: place });
    await expect(distill(request, watch(4))).rejects.toThrow('after step 4');
    const before = await readFile(join(place, 'checkpoint.safetensors'));
    const context = watch(0);
    await expect(distill(request, context)).rejects.toMatchObject({ code: 'cancelled' });
    expect(context.events.some(({ type }) => type === 'notice')).toBe(true);
    const after = await readFile(join(place, 'checkpoint.safetensors'));
    expect(after.equals(before)).toBe(true);
  });

  it('keeps the checkpoint if a step after training fails', async () => {
    const place = join(folder, 'failing');
    const test = join(folder, 'vanishing');
    await writeImages(test, 2, 2);
    const context = watch();
    const { report } = context;
    context.report = (event) => {
      report(event);
      const isOver = event.type === 'progress' && event.phase === 'distill' && event.done === 12;
      if (isOver) rmSync(test, { recursive: true });
    };
    const request = tinyRequest(folder, { out: place, test });
    await expect(distill(request, context)).rejects.toMatchObject({ code: 'no-images' });
    // Files that the run finished before it failed are not published either.
    expect(await readdir(place)).toEqual(['checkpoint.safetensors']);
  });

  it.each(['student.onnx', 'summary.json', 'checkpoint.safetensors'])(
    'refuses an output with a folder named %s, before any work',
    async (name) => {
      const place = join(folder, `taken-${name}`);
      await mkdir(join(place, name, 'full'), { recursive: true });
      const context = watch();
      await expect(distill(tinyRequest(folder, { out: place }), context)).rejects.toMatchObject({
        code: 'disk',
        message: expect.stringContaining(join(place, name)) as string,
      });
      expect(context.events.filter(({ type }) => type === 'progress')).toEqual([]);
      expect(await readdir(place)).toEqual([name]);
    },
  );

  it('allows one run at a time in a folder', async () => {
    const place = join(folder, 'shared');
    const first = distill(tinyRequest(folder, { out: place }), watch());
    const second = distill(tinyRequest(folder, { out: place }), watch());
    const results = await Promise.allSettled([first, second]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({
      code: 'in-use',
      message: expect.stringContaining(place) as string,
    });
    expect((await readdir(place)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('takes over from a run that was killed', async () => {
    const place = join(folder, 'killed');
    await writeText(join(place, '.understudy-lock'), '');
    await writeText(join(place, '.understudy-unfinished', 'student.onnx'), 'half of it');
    await writeText(join(place, '.understudy-0123456789abcdef.partial'), 'half of it');
    await distill(tinyRequest(folder, { out: place, steps: 1 }), watch());
    expect(await readdir(place)).toHaveLength(5);
  });

  it('refuses to resume with other options, before the blocks are fitted', async () => {
    const place = join(folder, 'other');
    await expect(distill(tinyRequest(folder, { out: place }), watch(2))).rejects.toThrow('Stopped');
    const others: Parameters<typeof tinyRequest>[1][] = [
      { rank: 3 },
      { preparation: { range: 'full' } },
      { preparation: { range: 'auto', bands: [3, 2, 1] } },
      { framing: 'centre' },
    ];
    for (const other of others) {
      const context = watch();
      const request = tinyRequest(folder, { out: place, resume: true, ...other });
      await expect(distill(request, context)).rejects.toThrow(/belongs to a run with another/);
      const phases = context.events.flatMap((event) => ('phase' in event ? [event.phase] : []));
      expect(phases).not.toContain('fit');
    }
    expect(await readdir(place)).toEqual(['checkpoint.safetensors']);
  });

  it('reports a class whose images were deleted during training', async () => {
    const images = join(folder, 'going');
    await writeImages(images, 6, 1);
    const context = watch();
    const report = context.report.bind(context);
    context.report = (event) => {
      report(event);
      if (event.type === 'progress' && event.phase === 'distill' && event.done === 3) {
        rmSync(join(images, 'green'), { recursive: true });
      }
    };
    const place = join(folder, 'going-out');
    await expect(distill(tinyRequest(folder, { images, out: place }), context)).rejects.toThrow(
      /No image labelled "green" can be read any more/,
    );
    // No training progress is lost.
    expect(await readdir(place)).toEqual(['checkpoint.safetensors']);
  });
});
