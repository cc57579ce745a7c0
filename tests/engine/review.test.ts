import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProjectImage } from '../../src/contract/app.ts';
import { predictRequest } from '../../src/contract/jobs.ts';
import { predict } from '../../src/engine/jobs/predict.ts';
import { OpenServices } from '../support/open-services.ts';
import { createTinyProject } from '../support/tiny-project.ts';
import { temporaryFolder, watch, writeImages, writeTinyTeacher } from './support.ts';

describe('images to check next', async () => {
  const folder = await temporaryFolder();
  let engine: OpenServices;
  let project: number;

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    engine = await OpenServices.open(join(folder, 'workspace'));
    project = await createTinyProject(engine, folder, { settings: { steps: 6, views: 3 } });
    await writeImages(join(folder, 'known', 'train'), 6, 1);
    await writeImages(join(folder, 'known', 'test'), 2, 2);
    await writeImages(join(folder, 'open'), 5, 3);
    await engine.call('image.import', {
      ...{ project, folder: join(folder, 'known'), labels: 'folders' },
    });
    await engine.call('image.import', {
      ...{ project, folder: join(folder, 'open'), labels: 'none' },
    });
  });
  afterAll(() => engine.close());

  const queue = async (): Promise<ProjectImage[]> => {
    const filter = { show: 'review' } as const;
    const { images } = await engine.call('image.page', { project, filter, offset: 0, limit: 99 });
    return images;
  };

  it('need a student', async () => {
    expect(await engine.call('review.status', { project })).toMatchObject({ run: null });
    await expect(engine.call('review.find', { project })).rejects.toThrow(
      /no finished student yet/,
    );
    expect((await queue()).slice(0, 15).every(({ isLabelled }) => !isLabelled)).toBe(true);
  });

  it('are those of the exported student and its teacher', async () => {
    const run = await engine.call('run.start', { project });
    await engine.next('run.changed', ({ id, state }) => id === run.id && /done|failed/.test(state));
    const status = await engine.call('review.status', { project });
    // 15 without a label, 18 with one; no held-out images.
    expect(status).toMatchObject({ run: run.id, asked: null, images: 33 });
    expect(status.seconds).toBeGreaterThan(0);
    const progress: number[] = [];
    void engine.next('review.progress', ({ done }) => progress.push(done) < 0);
    expect(await engine.call('review.find', { project })).toEqual({ images: 33, skipped: 0 });
    expect(progress.at(-1)).toBe(51);
    expect(await engine.call('review.status', { project })).toMatchObject({ asked: run.id });

    const out = join(folder, 'predicted');
    const model = join(folder, 'workspace', 'runs', String(run.id), 'student.onnx');
    const request = predictRequest.parse({ model, images: join(folder, 'open'), out });
    await predict(request, watch());
    const table = (await readFile(join(out, 'predictions.csv'), 'utf8')).trim().split('\r\n');
    const [, , , ...names] = table[0]?.split(',') ?? [];
    const { classes } = await engine.call('project.get', { project });
    const nameOf = (id: number | undefined): string =>
      classes.find((one) => one.id === id)?.name ?? '';
    const images = await queue();
    expect(images).toHaveLength(39);
    for (const line of table.slice(1)) {
      const [path, answer, , ...shares] = line.split(',');
      const image = images.find(({ name, isLabelled }) => name === path && !isLabelled);
      const likeliest = image?.review?.likeliest ?? [];
      expect(image?.review?.student?.map(nameOf)).toEqual([answer]);
      const sorted = shares.map(Number).sort((one, other) => other - one);
      expect(likeliest).toHaveLength(2);
      for (const [index, { class: id, probability }] of likeliest.entries()) {
        expect(probability).toBeCloseTo(sorted[index] ?? -1, 4);
        expect(Number(shares[names.indexOf(nameOf(id))])).toBeCloseTo(probability, 4);
      }
    }
    // In each group, the least certain come first.
    const unsure = images.filter(({ review }) => review?.reason === 'unsure');
    const leads = unsure.map(({ isLabelled, review }) => {
      const [first, second] = review?.likeliest ?? [];
      return Number(isLabelled) + (first?.probability ?? 0) - (second?.probability ?? 0);
    });
    expect(leads).toEqual(leads.toSorted((one, other) => one - other));
    expect(images.filter(({ isTest, review }) => isTest && review?.student)).toEqual([]);
  });

  it("use the teacher's head of the run", async () => {
    // For the images that it was measured on, its predictions are the same as then.
    const [run] = await engine.call('run.list', { project });
    const predictions = await engine.call('run.predictions', { run: run?.id ?? 0 });
    const tested = new Set(predictions.map(({ image }) => image));
    const all = [...engine.store.images.all(project)];
    engine.store.images.setTest(project, [...tested], false);
    engine.store.labels.set(
      project,
      [...tested].map((image) => ({ image, classes: null })),
    );
    const { scoreImages } = await import('../../src/engine/tasks/classification/score.ts');
    const { findDataset } = await import('../../src/engine/app/runs/frozen-dataset.ts');
    const runFolder = join(folder, 'workspace', 'runs', String(run?.id));
    const kept = await findDataset(engine.store, project, runFolder);
    const outcome = await scoreImages(
      {
        model: join(runFolder, 'student.onnx'),
        teacher: join(folder, 'teacher.safetensors'),
        labelled: kept?.dataset.distilled.filter(({ isLabelled }) => isLabelled) ?? [],
        seed: 0,
        images: all.filter(({ id }) => tested.has(id)),
      },
      watch(),
    );
    expect(outcome.scored).toHaveLength(6);
    for (const { path, teacher, student } of outcome.scored) {
      const image = all.find((one) => one.path === path);
      const said = predictions.find((one) => one.image === image?.id);
      expect(teacher).toEqual(said?.teacher);
      expect(student).toEqual(said?.student);
    }
  });

  it('can be stopped, and nothing is stored', async () => {
    const before = await queue();
    const finding = engine.call('review.find', { project });
    finding.catch(() => undefined);
    await expect(engine.call('review.find', { project })).rejects.toMatchObject({ code: 'in-use' });
    await engine.call('review.stop', { project });
    await expect(finding).rejects.toMatchObject({ code: 'cancelled' });
    expect(await queue()).toEqual(before);
  });

  it('are found without a removed teacher', async () => {
    const { settings } = await engine.call('project.get', { project });
    await engine.call('teacher.remove', { teacher: settings.teacher ?? 0 });
    await engine.call('review.find', { project });
    const [first] = await queue();
    expect(first?.review).toMatchObject({ teacher: null });
  });

  it('are refused in segmentation projects, as is a run without masks, and folders are not labels', async () => {
    const made = { name: 'Outlines', domain: 'other', task: 'segmentation' } as const;
    const { id } = await engine.call('project.create', { ...made, classes: ['cell'] });
    const source = { project: id, folder: join(folder, 'known'), labels: 'folders' } as const;
    expect(await engine.call('image.import', source)).toMatchObject({ added: 24 });
    const found = await engine.call('project.get', { project: id });
    expect(found).toMatchObject({ task: 'segmentation', labelled: 0, marked: { unlabelled: 6 } });
    expect(found.classes.map(({ name }) => name)).toEqual(['cell']);
    await expect(engine.call('run.start', { project: id })).rejects.toMatchObject({
      code: 'invalid-labels',
      message: expect.stringContaining('Outline more, and mark them as done') as string,
    });
    await expect(engine.call('review.find', { project: id })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});
