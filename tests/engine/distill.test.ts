import { readFile, readdir, rm, stat } from 'node:fs/promises';
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
});
