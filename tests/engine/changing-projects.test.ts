import { copyFile, mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Project, Run } from '../../src/contract/app.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { addTinyTeacher } from '../support/tiny-project.ts';
import { bmpFile } from '../../src/formats/raster/common/bmp-fixtures.ts';
import { temporaryFolder, writeImages, writeText, writeTinyTeacher } from './support.ts';

// Files, labels and projects that change while they are used; each defect was found by a tester who tried to break the app.

describe('projects that change', async () => {
  const folder = await temporaryFolder();
  const workspace = join(folder, 'workspace');
  let engine: EngineProcess;
  let teacher: number;

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    engine = await EngineProcess.start(workspace);
    teacher = await addTinyTeacher(engine, folder);
  });
  afterAll(() => engine.stop());

  /** A project with images of its own, some of them held out. */
  const create = async (name: string, steps = 20): Promise<{ project: number; images: string }> => {
    const images = join(folder, name);
    await writeImages(join(images, 'train'), 6, 1);
    await writeImages(join(images, 'test'), 3, 2);
    const { id } = await engine.call('project.create', { name, domain: 'other', task: 'single' });
    const settings = { teacher, rank: 2, steps, batch: 8, views: 4 };
    await engine.call('project.update', { project: id, settings });
    return { project: id, images };
  };
  const importFolder = (
    project: number,
    images: string,
    labels: 'folders' | 'none' | { csv: string } = 'folders',
  ): ReturnType<typeof engine.call<'image.import'>> =>
    engine.call('image.import', { project, folder: images, labels });
  const get = (project: number): Promise<Project> => engine.call('project.get', { project });
  const ended = (run: Run): Promise<Run> =>
    engine.next('run.changed', ({ id, state }) => id === run.id && /done|failed/.test(state));

  it.each([
    ['too long', 'x'.repeat(230)],
    ['blank', ' '],
  ])(
    'a class folder whose name is %s is refused, and the project stays usable',
    async (_, name) => {
      const { project, images } = await create(`names-${name.length}`);
      await mkdir(join(images, 'train', name));
      await copyFile(join(images, 'train', 'red', '0.png'), join(images, 'train', name, '0.png'));
      await expect(importFolder(project, images)).rejects.toMatchObject({ code: 'invalid-labels' });
      expect(await get(project)).toMatchObject({ images: 0 });
    },
  );

  it('the task can be changed, with its default training, until there are images', async () => {
    const { project, images } = await create('tasks');
    const same = await engine.call('project.update', { project, task: 'single' });
    expect(same.settings.steps).toBe(20);
    const outlined = await engine.call('project.update', { project, task: 'segmentation' });
    expect(outlined.task).toBe('segmentation');
    expect(outlined.settings.steps).not.toBe(20);
    await engine.call('project.update', { project, task: 'single' });
    await importFolder(project, images);
    await expect(
      engine.call('project.update', { project, task: 'segmentation' }),
    ).rejects.toMatchObject({ code: 'invalid-option' });
    expect(await get(project)).toMatchObject({ task: 'single' });
  });

  it('counts copies of one picture as copies', async () => {
    const { project, images } = await create('copies');
    const [first, copy] = ['0.png', 'copy.png'].map((name) => join(images, 'train', 'red', name));
    await copyFile(first ?? '', copy ?? '');
    const report = await importFolder(project, images);
    expect(report).toMatchObject({ known: 1, copies: 1, moved: 0 });
    expect(report.added).toBe(report.found - 1);
    const again = await importFolder(project, images);
    expect(again).toMatchObject({ added: 0, known: again.found, copies: 1 });
  });

  it('a run refuses another file in place of its teacher', async () => {
    const file = join(folder, 'exchanged.safetensors');
    await writeTinyTeacher(file);
    const bytes = await readFile(file);
    bytes[bytes.length - 4] = (bytes[bytes.length - 4] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const { id } = await engine.call('teacher.add', { file });
    const { project, images } = await create('exchanged');
    await importFolder(project, images);
    const settings = { teacher: id, rank: 2, steps: 4, batch: 8, views: 4 };
    await engine.call('project.update', { project, settings });
    await writeTinyTeacher(file);
    const run = await engine.call('run.start', { project });
    expect(await ended(run)).toMatchObject({
      state: 'failed',
      error: {
        code: 'invalid-file',
        message: expect.stringMatching(
          /exchanged\.safetensors is no longer the teacher exchanged: /,
        ) as string,
      },
    });
  });

  it('folders of images and masks are not two classes, and masks are not imported as images', async () => {
    const { project, images } = await create('masks');
    const nuclei = join(images, 'nuclei');
    const files = [
      ['train/images', 'red'],
      ['train/masks', 'blue'],
      ['test/images', 'green'],
      ['test/masks', 'blue'],
    ] as const;
    for (const [index, [place, colour]] of files.entries()) {
      await mkdir(join(nuclei, place), { recursive: true });
      const from = join(images, 'train', colour, `${index}.png`);
      await copyFile(from, join(nuclei, place, '0.png'));
    }
    await expect(importFolder(project, nuclei)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('without labels') as string,
    });
    expect(await engine.call('image.look', { folder: nuclei })).toMatchObject({
      ...{ images: 2, test: 1, masks: 2 },
    });
    expect(await importFolder(project, nuclei, 'none')).toMatchObject({
      ...{ found: 2, added: 2 },
      skipped: [{ path: 'test/masks' }, { path: 'train/masks' }],
    });
    expect(await get(project)).toMatchObject({ marked: { labelled: 0, unlabelled: 1 } });
    const filter = { show: 'to-label' } as const;
    const page = await engine.call('image.page', { project, filter, offset: 0, limit: 9 });
    expect(page.images.map(({ name }) => name)).toEqual(['train/images/0.png']);
  });

  it('new content of a file replaces the old', async () => {
    const { project, images } = await create('overwritten');
    await importFolder(project, images);
    await copyFile(join(images, 'train', 'red', '0.png'), join(folder, 'keep.png'));
    await writeImages(join(folder, 'fresh'), 1, 77);
    await copyFile(join(folder, 'fresh', 'red', '0.png'), join(images, 'test', 'red', '0.png'));
    expect(await importFolder(project, images)).toMatchObject({ added: 1 });
    expect(await get(project)).toMatchObject({ images: 27, tested: 9 });
    const run = await engine.call('run.start', { project });
    expect(await ended(run)).toMatchObject({ state: 'done' });
  });

  it('a file that changed since its import is left out, and reported', async () => {
    const { project, images } = await create('changed');
    await importFolder(project, images);
    const file = join(images, 'train', 'red', '0.png');
    await writeFile(file, await readFile(join(images, 'train', 'blue', '0.png')));
    const done = await ended(await engine.call('run.start', { project }));
    expect(done.summary?.images.distilled).toBe(17);
    expect(done.summary?.images.skipped).toMatchObject([{ path: file }]);
    // Its run is for its task, even without images.
    const page = await engine.call('image.page', { project, filter: {}, offset: 0, limit: 50 });
    await engine.call('image.remove', { project, images: page.images.map(({ id }) => id) });
    await expect(
      engine.call('project.update', { project, task: 'segmentation' }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/has runs cannot/) as string });
  });

  it('a file replaced by another of the same size and time is left out, and reported', async () => {
    const { project, images } = await create('exchanged');
    const file = join(images, 'train', 'red', '0.png');
    const [one, other] = [8, 200].map((value) =>
      bmpFile({ width: 8, height: 8, bits: 24, data: new Array<number>(192).fill(value) }),
    );
    const time = new Date(1.7e12);
    await writeFile(file, one ?? '');
    await utimes(file, time, time);
    await importFolder(project, images);
    const fresh = join(folder, 'exchanged.png');
    await writeFile(fresh, other ?? '');
    await utimes(fresh, time, time);
    await rename(fresh, file);
    const done = await ended(await engine.call('run.start', { project }));
    expect(done.summary?.images.skipped).toMatchObject([
      {
        path: file,
        reason: expect.stringMatching(
          /0\.png has changed since it was imported.*Import its folder again/,
        ) as string,
      },
    ]);
    expect(await get(project)).toMatchObject({ images: 27, labelled: 27 });
  });

  it('swapped files keep their labels with their content', async () => {
    const { project, images } = await create('swapped');
    await importFolder(project, images);
    const [red, blue] = ['red', 'blue'].map((name) => join(images, 'train', name, '0.png'));
    await rename(red ?? '', join(folder, 'between.png'));
    await rename(blue ?? '', red ?? '');
    await rename(join(folder, 'between.png'), blue ?? '');
    expect(await importFolder(project, images)).toMatchObject({ added: 0, known: 27 });
    const page = await engine.call('image.page', { project, filter: {}, offset: 0, limit: 100 });
    const { classes } = await get(project);
    const moved = page.images.filter(({ name }) => /train\/(red|blue)\/0\.png/.test(name));
    const named = moved.map(({ name, classes: [id] }) => [
      name.split('/')[1],
      classes.find((one) => one.id === id)?.name,
    ]);
    expect(named.sort()).toEqual([
      ['blue', 'red'],
      ['red', 'blue'],
    ]);
  });

  it('test images and groups can be added by a second import', async () => {
    const { project, images } = await create('later');
    await importFolder(project, images, 'none');
    expect(await get(project)).toMatchObject({ labelled: 0, tested: 0 });
    await importFolder(project, images, 'folders');
    expect(await get(project)).toMatchObject({ labelled: 27, tested: 9 });
  });

  it('no patient has training and test images, also if the user marks test images', async () => {
    const { project, images } = await create('patients');
    const rows = ['red', 'green', 'blue'].flatMap((name) =>
      [0, 1, 2, 3, 4, 5].map((i) => {
        const patient = i === 1 ? 'p0' : `p${i}`;
        return `${name}/${i}.png,${name},${i === 0 ? 'test' : 'train'},${name}-${patient}\n`;
      }),
    );
    await writeText(
      join(images, 'train', 'labels.csv'),
      `path,label,split,group\n${rows.join('')}`,
    );
    const csv = join(images, 'train', 'labels.csv');
    await importFolder(project, join(images, 'train'), { csv });
    const done = await ended(await engine.call('run.start', { project }));
    expect(done.summary?.images).toMatchObject({ distilled: 12, tested: 3 });
    expect(done.summary?.images.skipped.map(({ path }) => path).sort()).toEqual(
      ['blue', 'green', 'red'].map((name) => join(images, 'train', name, '1.png')),
    );
  });

  it('labels given during a pause do not prevent a run from resuming', async () => {
    const { project, images } = await create('labelling', 2000);
    await importFolder(project, join(images, 'train'));
    const run = await engine.call('run.start', { project });
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 3);
    const paused = await engine.call('run.pause', { run: run.id });
    expect(paused.step).toBeGreaterThan(3);
    expect((await engine.call('run.metrics', { run: run.id })).length).toBe(paused.step);
    const page = await engine.call('image.page', { project, filter: {}, offset: 0, limit: 2 });
    await engine.call('image.label', {
      project,
      changes: page.images.map(({ id }) => ({ image: id, classes: null })),
    });
    await engine.call('run.resume', { run: run.id });
    const { done } = await engine.next('run.progress', ({ phase }) => phase === 'distill');
    expect(done).toBeGreaterThan(3);
    const removed = engine.next('run.removed');
    await engine.call('run.cancel', { run: run.id });
    expect(await removed).toEqual({ run: run.id, project });
  });

  it('removing a project removes its runs', async () => {
    const { project, images } = await create('going', 2000);
    await importFolder(project, images);
    await engine.call('run.start', { project });
    await engine.call('run.start', { project });
    await engine.next('run.progress', ({ phase }) => phase === 'distill');
    await engine.call('project.remove', { project });
    expect(await engine.call('run.list', { project })).toEqual([]);
    expect((await engine.call('project.list', null)).map(({ id }) => id)).not.toContain(project);
  });

  it.each(['understudy.sqlite', 'runs/1/student.onnx'])(
    'a student is not saved over %s',
    async (name) => {
      const answer = await engine.ask('run.export', {
        run: 1,
        format: 'float32',
        file: join(workspace, name),
      });
      expect(answer).toMatchObject({ ok: false, error: { code: 'invalid-option' } });
    },
  );

  it('an interrupted sample is finished the next time', async () => {
    const drawing = engine.ask('project.sample', null);
    await engine.next('import.progress', ({ done }) => done > 550);
    const killed = new Promise((resolve) => engine.child.once('exit', resolve));
    await engine.next('import.progress', ({ done }) => done > 40 && done < 500);
    engine.child.kill('SIGKILL');
    await Promise.race([drawing, killed]);
    engine = await EngineProcess.start(workspace);
    const sample = await engine.call('project.sample', null);
    expect(sample).toMatchObject({ images: 600, labelled: 350, tested: 300 });
  });

  it('a workspace can be moved with its runs and the sample', async () => {
    await engine.stop();
    const elsewhere = join(folder, 'elsewhere');
    await rename(workspace, elsewhere);
    engine = await EngineProcess.start(elsewhere);
    const projects = await engine.call('project.list', null);
    const sample = projects.find(({ isSample }) => isSample)?.id ?? 0;
    const page = await engine.call('image.page', {
      project: sample,
      filter: {},
      offset: 0,
      limit: 1,
    });
    const image = page.images[0]?.id ?? 0;
    expect(await engine.call('image.picture', { image, side: 'whole' })).toBeInstanceOf(Uint8Array);
    const runs = await Promise.all(
      projects.map(({ id }) => engine.call('run.list', { project: id })),
    );
    const done = runs.flat().find(({ state }) => state === 'done')?.id ?? 0;
    const file = join(folder, 'moved.onnx');
    await engine.call('run.export', { run: done, format: 'float32', file });
    expect((await readFile(file)).length).toBeGreaterThan(1000);
  });

  it('an invisible label is refused in a table too', async () => {
    const { project, images } = await create('table');
    await writeText(join(images, 'labels.csv'), 'path,label\ntrain/red/0.png,re\u0000d\n');
    const labels = { csv: join(images, 'labels.csv') };
    await expect(importFolder(project, images, labels)).rejects.toMatchObject({
      code: 'invalid-labels',
    });
  });
});
