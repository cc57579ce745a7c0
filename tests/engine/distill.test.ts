import { rmSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { distillSummary } from '../../src/contract/results.ts';
import { evaluateRequest, jobEvent, predictRequest } from '../../src/contract/jobs.ts';
import type { ClassSummary } from '../../src/contract/results.ts';
import { openDataset } from '../../src/engine/images/dataset.ts';
import { classStudents } from '../../src/engine/tasks/classification/class-students.ts';
import { distill } from '../../src/engine/jobs/distill.ts';
import { runStudent } from '../../src/engine/distill/run-student.ts';
import { evaluateModel } from '../../src/engine/jobs/evaluate.ts';
import { readCard } from '../../src/engine/models/model-file.ts';
import { predict } from '../../src/engine/jobs/predict.ts';
import { inspectTeacher } from '../../src/engine/teachers/teacher.ts';
import {
  asClasses,
  classes,
  temporaryFolder,
  tinyRequest,
  watch,
  writeImages,
  writeText,
  writeTinyTeacher,
} from './support.ts';

describe('a whole job', async () => {
  const folder = await temporaryFolder();
  const out = join(folder, 'out');
  let summary: ClassSummary;

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(folder, 'train'), 12, 1);
    await writeImages(join(folder, 'test'), 8, 2);
    summary = asClasses(await distill(tinyRequest(folder), watch()));
  });

  it('gives a summary that the contract accepts and whose figures add up', () => {
    expect(distillSummary.parse(summary)).toEqual(summary);
    expect(summary.classes).toEqual(classes);
    expect(summary.blocks).toEqual([0, 2]);
    expect(summary.images).toMatchObject({ distilled: 36, labelled: 36, tested: 24, skipped: [] });
    expect(summary.teacher.blocks).toBe(4);
    expect(summary.student.parameters).toBe(summary.copy.parameters);
    expect(summary.student.parameters).toBeLessThan(summary.teacher.parameters);
    // 12 steps of 8 pass over the 29 images that are not reserved a little more than three times: every view is new.
    expect(summary.targetCacheHits).toBeCloseTo(9 / 96, 6);
  });

  it('learns the classes of the sample', () => {
    expect(summary.student.accuracy.value).toBeGreaterThan(0.8);
  });

  it('writes the reported files, and nothing else', async () => {
    for (const file of summary.files) expect((await stat(file)).size).toBeGreaterThan(0);
    const names = (await readdir(out)).sort();
    expect(names).toEqual(summary.files.map((file) => file.slice(out.length + 1)).sort());
    const saved: unknown = JSON.parse(await readFile(join(out, 'summary.json'), 'utf8'));
    expect(saved).toEqual(JSON.parse(JSON.stringify(summary)));
  });

  it('exports files that agree with the trained student', () => {
    const [full, half, bytes] = summary.parity;
    expect(full?.relativeDifference).toBeLessThan(1e-5);
    expect(half?.relativeDifference).toBeLessThan(1e-2);
    expect(bytes?.relativeDifference).toBeLessThan(0.2);
    for (const report of summary.parity) expect(report.images).toBe(24);
    expect(full?.agreement).toBe(1);
  });

  it.each(['student.onnx', 'student.fp16.onnx', 'student.int8.onnx'])(
    'evaluates %s with the measured quality',
    async (file) => {
      const model = join(out, file);
      const test = join(folder, 'test');
      const request = evaluateRequest.parse({ model, images: test, seed: 4, threads: 1 });
      const result = asClasses(await evaluateModel(request, watch()));
      const tolerance = file === 'student.int8.onnx' ? 0.1 : 0.05;
      const difference = Math.abs(result.accuracy.value - summary.student.accuracy.value);
      expect(difference).toBeLessThan(tolerance);
      if (file === 'student.onnx') expect(result.confusion).toEqual(summary.student.confusion);
    },
  );

  it.each([{ tolerance: 2 }, { toleranceUnit: 'mm' }, { labels: 'masks' }])(
    'refuses options for masks in evaluate, %j',
    async (more) => {
      const request = { model: join(out, 'student.onnx'), images: join(folder, 'test'), ...more };
      await expect(evaluateModel(evaluateRequest.parse(request), watch())).rejects.toMatchObject({
        code: 'invalid-option',
        message: expect.stringMatching(
          /student\.onnx is for classification, .* --tolerance and --labels masks do not apply/,
        ) as string,
      });
    },
  );

  it('predicts a folder, with a table as the result', async () => {
    const model = join(out, 'student.onnx');
    const answers = join(folder, 'answers');
    const images = join(folder, 'test');
    const request = predictRequest.parse({ model, images, out: answers, threads: 1 });
    const result = await predict(request, watch());
    expect(result.images).toBe(24);
    const lines = (await readFile(join(answers, 'predictions.csv'), 'utf8')).trim().split('\r\n');
    expect(lines[0]).toBe('path,prediction,confidence,blue,green,red');
    expect(lines).toHaveLength(25);
    const right = lines.slice(1).filter((line) => {
      const [path = '', prediction] = line.split(',');
      return path.startsWith(`${prediction}/`);
    });
    expect(right.length / 24).toBeCloseTo(summary.student.accuracy.value, 6);
    const beside = await predict({ ...request, out: images }, watch());
    expect(beside).toMatchObject({ images: 24, files: [join(images, 'predictions.csv')] });
    await rm(join(images, 'predictions.csv'));
  });

  it('states its origin in the exported file', async () => {
    const card = await readCard(join(out, 'student.int8.onnx'));
    expect(card.classes).toEqual(classes);
    expect(card.student).toMatchObject({ blocks: [0, 2], skip: 2, rank: 2, weights: 'int8' });
    expect(card.teacher.name).toBe('teacher');
    expect(card.metrics.student).toEqual(summary.student.accuracy);
  });

  it('writes a student that can be a teacher', async () => {
    const description = await inspectTeacher(join(out, 'student.safetensors'), {});
    expect(description.architecture).toMatchObject({ depth: 2, width: 64, heads: 1 });
    expect(description.assumed).toEqual([]);
  });

  it('gives the same bits when repeated', async () => {
    const again = join(folder, 'again');
    await distill(tinyRequest(folder, { out: again }), watch());
    const [a, b] = await Promise.all(
      [out, again].map((place) => readFile(join(place, 'student.safetensors'))),
    );
    // The metadata include the version and the measured qualities, which are the same too.
    expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
  });

  it('reports its features without changing a bit, from the untrained copy towards the teacher', async () => {
    const place = join(folder, 'looked-at');
    const context = watch();
    // From the untrained copy, so that training brings it closer to the teacher.
    const request = tinyRequest(folder, { out: place, steps: 40, start: 'copy' });
    const dataset = await openDataset(request);
    const chooseDevice = (): Promise<'cpu'> => Promise.resolve('cpu');
    const habits = { chooseDevice, probes: true };
    await runStudent(request, classStudents, dataset, context, habits);
    for (const event of context.events) expect(jobEvent.parse(event)).toEqual(event);
    const [reference] = context.events.filter((event) => event.type === 'reference');
    expect(new Set(reference?.paths.map((path) => path.split('/').at(-2)))).toEqual(
      new Set(classes),
    );
    expect(reference).toMatchObject({ grid: 2, accuracy: expect.closeTo(1, 1) as number });
    expect(reference?.map).toHaveLength(4 * 2 * 2 * 3);
    const looks = context.events.filter((event) => event.type === 'glimpse');
    expect([looks[0]?.step, looks.at(-1)?.step]).toEqual([0, 40]);
    const distance = (map: Uint8Array = new Uint8Array()): number =>
      map.reduce((sum, shade, at) => sum + Math.abs(shade - (reference?.map[at] ?? 0)), 0);
    expect(distance(looks.at(-1)?.map)).toBeLessThan(distance(looks[0]?.map));
    const plain = join(folder, 'not-looked-at');
    await runStudent({ ...request, out: plain }, classStudents, dataset, watch(), { chooseDevice });
    const [seen, unseen] = await Promise.all(
      [place, plain].map((out) => readFile(join(out, 'student.safetensors'))),
    );
    expect(seen?.equals(unseen ?? Buffer.alloc(0))).toBe(true);
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
    const [a, b] = await Promise.all(
      [out, stopped].map((place) => readFile(join(place, 'student.safetensors'))),
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

  it('recognises a test image behind a link, and a test folder inside the images', async () => {
    const images = join(folder, 'nested');
    await writeImages(images, 6, 1);
    await writeImages(join(images, 'test'), 4, 2);
    await symlink(join(images, 'test', 'red', '0.png'), join(images, 'red', 'linked.png'));
    const request = { images, test: join(images, 'test'), out: join(folder, 'nested-out') };
    const result = await distill(tinyRequest(folder, request), watch());
    expect(result.classes).toEqual(classes);
    expect(result.images).toMatchObject({ distilled: 18, labelled: 18, tested: 12 });
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

  it('trains, and starts nearer to the teacher as the fitted copy than as the untrained copy', async () => {
    const request = { out: join(folder, 'plain-start'), start: 'copy', steps: 40 } as const;
    const plain = await distill(tinyRequest(folder, request), watch());
    expect(plain.loss.last).toBeLessThan(0.9 * plain.loss.first);
    expect(plain.recipe?.start).toBe('copy');
    expect(summary.recipe?.start).toBe('fitted');
    // Both begin at the loss of the same untrained copy, on the same views.
    expect(summary.loss.first).toBe(plain.loss.first);
    expect(summary.loss.last).toBeLessThan(plain.loss.last);
  });

  it("reuses the teacher's outputs when views repeat", async () => {
    const context = watch();
    const request = tinyRequest(folder, { out: join(folder, 'views'), views: 1, steps: 18 });
    const result = await distill(request, context);
    // 18 steps of 8 are almost five rounds over the 29 images that are not reserved: one computed, three from the
    // cache.
    expect(result.targetCacheHits).toBeCloseTo(1 - 29 / 144, 6);
    for (const event of context.events) expect(jobEvent.parse(event)).toEqual(event);
  });

  it('skips a damaged image among good ones, counts it and lists it', async () => {
    const images = join(folder, 'damaged');
    await writeImages(images, 6, 3);
    await writeText(join(images, 'red', 'broken.png'), 'no image');
    const good = await readFile(join(images, 'red', '0.png'));
    await writeText(join(images, 'blue', 'cut.png'), '');
    await writeFile(join(images, 'green', 'cut.png'), good.subarray(0, good.length / 2));
    const context = watch();
    const result = await distill(
      tinyRequest(folder, { images, out: join(folder, 'damaged-out') }),
      context,
    );
    expect(result.images.distilled).toBe(18);
    expect(result.images.skipped.map(({ path }) => path.slice(images.length + 1)).sort()).toEqual([
      'blue/cut.png',
      'green/cut.png',
      'red/broken.png',
    ]);
    expect(context.events.filter(({ type }) => type === 'skipped')).toHaveLength(3);
  });

  it('chooses labelled images among those that can be read', async () => {
    const images = join(folder, 'choosing');
    await writeImages(images, 4, 3);
    for (const name of ['1.png', '2.png']) await writeText(join(images, 'red', name), 'no image');
    const place = join(folder, 'choosing-out');
    const request = tinyRequest(folder, { images, perClass: 2, steps: 1, out: place });
    const result = await distill(request, watch());
    expect(result.images).toMatchObject({ distilled: 10, labelled: 6 });
  });

  it('names the class without a readable image', async () => {
    const images = join(folder, 'lost');
    await writeImages(images, 2, 3);
    for (const name of ['0.png', '1.png']) await writeText(join(images, 'green', name), 'no image');
    const request = tinyRequest(folder, { images, out: join(folder, 'lost-out') });
    await expect(distill(request, watch())).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('"green"') as string,
    });
    expect(await readdir(join(folder, 'lost-out'))).toEqual([]);
  });

  it('trains with several labels per image from a table', async () => {
    const images = join(folder, 'train');
    const rows = classes.flatMap((name, index) =>
      Array.from({ length: 12 }, (_, i) => {
        const both = `${name}|${classes[(index + 1) % 3]}`;
        const labels = i % 3 === 0 ? both : i % 6 === 1 ? '-' : name;
        return `${name}/${i}.png,${labels},patient-${i % 6}`;
      }),
    );
    const labels = join(folder, 'labels.csv');
    await writeText(labels, `path,label,group\n${rows.join('\n')}\n`);
    const request = tinyRequest(folder, {
      images,
      labels,
      out: join(folder, 'several'),
    });
    delete request.test;
    const result = asClasses(await distill(request, watch()));
    expect(result.task).toBe('several');
    expect(result.student.confusion.map((row) => row.length)).toEqual([4, 4, 4]);
    // Images with none of the labels are used for training too.
    expect(result.images.labelled).toBe(result.images.distilled);
    // Whole patients are held out, and not used for distillation either.
    expect(result.images.distilled + result.images.tested).toBe(36);
    expect(result.images.tested % 6).toBe(0);
    expect(result.images.tested).toBeGreaterThan(0);
  });
});
