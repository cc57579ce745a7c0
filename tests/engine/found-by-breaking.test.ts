import { copyFile, mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportReport, Project, ProjectImage, Run } from '../../src/contract/app.ts';
import { pictureFile, syntax } from '../../src/formats/testing/dicom-fixtures.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { workerOf } from '../support/open-services.ts';
import { addTinyTeacher } from '../support/tiny-project.ts';
import { temporaryFolder, writeImages, writeTinyTeacher } from './support.ts';

// Each of these defects was found by a tester who tried to break the app.

describe('defects found by breaking things', async () => {
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

  const create = async (
    name: string,
    task: 'single' | 'several' = 'single',
    steps = 20,
  ): Promise<{ project: number; images: string }> => {
    const { id } = await engine.call('project.create', { name, domain: 'other', task });
    const settings = { teacher, rank: 2, steps, batch: 8, views: 4 };
    await engine.call('project.update', { project: id, settings });
    const images = join(folder, name);
    await mkdir(images, { recursive: true });
    return { project: id, images };
  };
  const importFolder = (
    project: number,
    images: string,
    labels: 'folders' | 'none' | { csv: string } = 'folders',
  ): Promise<ImportReport> => engine.call('image.import', { project, folder: images, labels });
  const get = (project: number): Promise<Project> => engine.call('project.get', { project });
  const imagesOf = async (project: number): Promise<ProjectImage[]> => {
    const filter = { show: 'all', search: '' } as const;
    return (await engine.call('image.page', { project, filter, offset: 0, limit: 500 })).images;
  };
  const ended = (run: Run): Promise<Run> =>
    engine.next('run.changed', ({ id, state }) => id === run.id && /done|failed/.test(state));

  it.each([
    ['towards the start', 'shifted-back', [1, 2, 3]],
    ['towards the end', 'shifted-on', [3, 0, 1]],
  ])('files renumbered %s keep their labels with their content', async (_, name, sources) => {
    const { project, images } = await create(name);
    const drawn = await writeImages(join(folder, `${name}-drawn`), 4, 3);
    for (const index of [0, 1, 2]) {
      await copyFile(drawn[index] ?? '', join(images, `${index}.png`));
    }
    await importFolder(project, images, 'none');
    const before = await imagesOf(project);
    const named = await engine.call('class.add', { project, name: 'A' });
    const classes = [named.classes[0]?.id ?? 0];
    const changes = before.map(({ id }) => ({ image: id, classes }));
    await engine.call('image.label', { project, changes });
    for (const [index, source] of sources.entries()) {
      await copyFile(drawn[source] ?? '', join(images, `new-${index}`));
    }
    for (const index of [0, 1, 2]) {
      await rename(join(images, `new-${index}`), join(images, `${index}.png`));
    }
    expect(await importFolder(project, images, 'none')).toMatchObject({ added: 1, known: 2 });
    const after = await imagesOf(project);
    expect(after.map((image) => image.name).sort()).toEqual(['0.png', '1.png', '2.png']);
    expect(after.filter(({ isLabelled }) => isLabelled)).toHaveLength(2);
  });

  it('two folders that disagree about an image leave it unlabelled, and are reported', async () => {
    const { project, images } = await create('disagree');
    const drawn = await writeImages(join(folder, 'disagree-drawn'), 20, 4);
    for (const kind of ['X', 'Y']) {
      await mkdir(join(images, kind));
      for (const [index, path] of drawn.entries()) {
        await copyFile(path, join(images, kind, `${index}.png`));
      }
    }
    const report = await importFolder(project, images);
    expect(report).toMatchObject({ added: 60, known: 60 });
    expect(report.skipped).toHaveLength(60);
    expect(report.skipped[0]?.reason).toMatch(/is the same image as .*labelled “X” and not “Y”/);
    expect((await get(project)).labelled).toBe(0);
    const several = await create('agree', 'several');
    await importFolder(several.project, images);
    expect((await imagesOf(several.project)).every(({ classes }) => classes.length === 2)).toBe(
      true,
    );
  });

  it('a table that contradicts a label is reported, and the label stays', async () => {
    const { project, images } = await create('contradicted');
    await writeImages(images, 1, 5);
    await importFolder(project, images);
    const csv = join(folder, 'contradicted.csv');
    await writeFile(csv, 'path,label\nred/0.png,blue\ngreen/0.png,green\n');
    const report = await importFolder(project, images, { csv });
    const repeated = report.skipped.filter(({ reason }) => reason.includes('in the project'));
    expect(repeated.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/labelled “red” in the project, and “blue” in this import/) as string,
    ]);
  });

  it('a picture is deleted with the last project that has it', async () => {
    const { project, images } = await create('pictures');
    await writeImages(images, 2, 6);
    await importFolder(project, images);
    const thumbnails = async (): Promise<number> => {
      const files = await readdir(join(workspace, 'thumbnails'), { recursive: true });
      return files.filter((name) => name.endsWith('.jpg')).length;
    };
    const all = await thumbnails();
    const other = await create('the same pictures');
    await importFolder(other.project, images);
    const [first] = await imagesOf(other.project);
    await engine.call('image.remove', { project: other.project, images: [first?.id ?? 0] });
    await engine.call('project.remove', { project: other.project });
    expect(await thumbnails()).toBe(all);
    const [one] = await imagesOf(project);
    await engine.call('image.remove', { project, images: [one?.id ?? 0] });
    expect(await thumbnails()).toBe(all - 1);
    await engine.call('project.remove', { project });
    expect(await thumbnails()).toBe(all - 6);
  });

  it('a placeholder for patients creates no group, and a single patient is reported', async () => {
    const write = async (images: string, patient: string): Promise<void> => {
      const picture = { rows: 8, columns: 8 };
      for (const [kind, level] of [
        ['a', 30],
        ['b', 200],
      ] as const) {
        await mkdir(join(images, kind), { recursive: true });
        for (let index = 0; index < 6; index++) {
          const pixels = Uint8Array.from(
            { length: 64 },
            (_, at) => level + ((at * (index + 3)) % 40),
          );
          const file = pictureFile(syntax.explicit, picture, pixels, [[0x00100020, 'LO', patient]]);
          await writeFile(join(images, kind, `${index}.dcm`), file);
        }
      }
    };
    const anonymous = await create('anonymous');
    await write(anonymous.images, 'ANONYMOUS');
    await importFolder(anonymous.project, anonymous.images);
    expect((await get(anonymous.project)).tested).toBeGreaterThan(0);
    const alone = await create('alone');
    await write(alone.images, '4711');
    await importFolder(alone.project, alone.images);
    const answer = await engine.ask('run.start', { project: alone.project });
    expect(answer).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/in one group.*a folder named test/) as string },
    });
  });

  it.each(['\u200b', 'a\u202eb'])('a class cannot have an invisible name: %j', async (name) => {
    const { project } = await create(`unseen ${name.length}`);
    expect(await engine.ask('class.add', { project, name })).toMatchObject({ ok: false });
  });

  it('“Finish now” survives a pause, and the time of all parts counts', async () => {
    const { project, images } = await create('finished', 'single', 4000);
    await writeImages(join(images, 'train'), 6, 1);
    await writeImages(join(images, 'test'), 3, 2);
    await importFolder(project, images);
    const run = await engine.call('run.start', { project });
    const began = performance.now();
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 3);
    await engine.call('run.pause', { run: run.id });
    const first = (performance.now() - began) / 1000;
    await engine.call('run.resume', { run: run.id });
    const { done } = await engine.next(
      'run.progress',
      ({ phase, loss }) => phase === 'distill' && loss !== undefined,
    );
    await engine.call('run.finish', { run: run.id });
    const paused = await engine.call('run.pause', { run: run.id });
    // Also if the pause arrives during a computation of the student's features.
    expect(paused.step).toBeGreaterThanOrEqual(done);
    if (paused.state === 'paused') await engine.call('run.resume', { run: run.id });
    const { summary } = await ended(run);
    expect(summary?.steps).toBeGreaterThanOrEqual(done);
    expect(summary?.steps).toBeLessThan(4000);
    expect(summary?.seconds).toBeGreaterThan(first / 2);
    const { glimpses } = await engine.call('run.glimpses', { run: run.id });
    expect(glimpses.at(-1)?.step).toBe(summary?.steps);
  });

  it.skipIf(process.platform !== 'linux')('a curve has no points of lost work', async () => {
    const { project, images } = await create('lost', 'single', 4000);
    await writeImages(join(images, 'train'), 6, 1);
    await writeImages(join(images, 'test'), 3, 2);
    await importFolder(project, images);
    const run = await engine.call('run.start', { project });
    const { done: lost } = await engine.next(
      'run.progress',
      ({ phase, done }) => phase === 'distill' && done > 60,
    );
    // A checkpoint is saved every twenty seconds.
    process.kill(workerOf(engine.child.pid ?? 0), 'SIGKILL');
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done < lost);
    await engine.call('run.finish', { run: run.id });
    const { summary } = await ended(run);
    const metrics = await engine.call('run.metrics', { run: run.id });
    expect(metrics.at(-1)?.step ?? 0).toBeLessThanOrEqual(summary?.steps ?? 0);
  });

  it('an import interrupted by the end of the engine is reported', async () => {
    const { project, images } = await create('cut short');
    const [source = ''] = await writeImages(join(folder, 'cut-drawn'), 1, 8);
    const bytes = await readFile(source);
    for (let index = 0; index < 3000; index++) {
      // Any bytes may follow the end of a PNG, which gives many contents.
      await writeFile(
        join(images, `${index}.png`),
        Buffer.concat([bytes, Buffer.from(`${index}`)]),
      );
    }
    void engine.ask('image.import', { project, folder: images, labels: 'none' });
    await engine.next('import.progress', ({ done }) => done > 0);
    await engine.stop();
    engine = await EngineProcess.start(workspace);
    const [report] = await engine.call('image.reports', { project });
    expect(report).toMatchObject({ found: 3000, cancelled: true });
    expect(report?.added).toBe((await get(project)).images);
  });
});
