import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../src/contract/app.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { createTinyProject } from '../support/tiny-project.ts';
import { temporaryFolder, writeImages, writeTinyTeacher } from './support.ts';

// Paused runs whose images are elsewhere when they are resumed.

describe('a paused run whose images were moved', async () => {
  const folder = await temporaryFolder();

  const open = async (workspace: string): Promise<EngineProcess> => {
    const engine = await EngineProcess.start(workspace);
    onTestFinished(async () => {
      await engine.stop();
    });
    return engine;
  };
  /** Starts a run and pauses it some steps later. */
  const pauseLater = async (engine: EngineProcess, project: number): Promise<Run> => {
    const run = await engine.call('run.start', { project });
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 2);
    const paused = await engine.call('run.pause', { run: run.id });
    expect(paused).toMatchObject({ state: 'paused', error: null });
    return paused;
  };
  /** The step at which a run continues, or the reason why it does not. */
  const continueRun = async (
    engine: EngineProcess,
    { id }: Run,
  ): Promise<number | string | undefined> => {
    const progress = engine.next('run.progress', ({ phase }) => phase === 'distill');
    const failed = engine.next('run.changed', ({ state }) => state === 'failed');
    await engine.call('run.resume', { run: id });
    const outcome = await Promise.race([progress, failed]);
    return 'done' in outcome ? outcome.done : outcome.error?.message;
  };
  const finish = async (engine: EngineProcess, { id }: Run): Promise<Run> => {
    const done = engine.next('run.changed', ({ state }) => /done|failed/.test(state));
    await engine.call('run.finish', { run: id });
    return done;
  };

  const createProject = async (engine: EngineProcess, images: string): Promise<number> => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(images, 'train'), 6, 1);
    await writeImages(join(images, 'test'), 3, 2);
    return createTinyProject(engine, folder, { settings: { steps: 50_000 }, images });
  };

  it('continues with the sample after its workspace was moved', async () => {
    const workspace = join(folder, 'sample');
    const engine = await open(workspace);
    const { id: project } = await engine.call('project.sample', null);
    const settings = { batch: 8, views: 2, start: 'copy' } as const;
    await engine.call('project.update', { project, settings });
    const paused = await pauseLater(engine, project);
    await engine.stop();
    await rename(workspace, `${workspace} elsewhere`);

    const moved = await open(`${workspace} elsewhere`);
    expect(await continueRun(moved, paused)).toBeGreaterThanOrEqual(paused.step);
    await moved.call('run.cancel', { run: paused.id });
  });

  it('reports missing images, and continues once they are found by their content', async () => {
    const engine = await open(join(folder, 'found'));
    const images = join(folder, 'images');
    const project = await createProject(engine, images);
    const paused = await pauseLater(engine, project);
    await rename(images, `${images} elsewhere`);
    expect(await continueRun(engine, paused)).toMatch(
      /18 of the 18 training images .*are missing or have changed.*add their folder again/,
    );
    expect(await engine.call('run.get', { run: paused.id })).toMatchObject({ step: paused.step });

    // Like a copy, with another time.
    await utimes(join(`${images} elsewhere`, 'train', 'red', '0.png'), 1, 1);
    const report = await engine.call('image.import', {
      project,
      folder: `${images} elsewhere`,
      labels: 'folders',
    });
    expect(report).toMatchObject({ added: 0, known: 27 });
    expect(await continueRun(engine, paused)).toBeGreaterThanOrEqual(paused.step);
    expect(await finish(engine, paused)).toMatchObject({ state: 'done' });
    expect(await engine.call('run.predictions', { run: paused.id })).toHaveLength(9);
  });

  it('does not continue with other images in the same place', async () => {
    const engine = await open(join(folder, 'other'));
    const images = join(folder, 'others');
    const project = await createProject(engine, images);
    const paused = await pauseLater(engine, project);
    await writeImages(join(folder, 'fresh'), 1, 77);
    const [kept, fresh] = [join(images, 'train', 'red', '0.png'), join(folder, 'fresh')];
    await rename(kept, join(folder, 'kept.png'));
    await rename(join(fresh, 'red', '0.png'), kept);
    expect(await continueRun(engine, paused)).toMatch(
      /One of the 18 training images .*has changed.*0\.png/,
    );
    await rename(join(folder, 'kept.png'), kept);
    expect(await continueRun(engine, paused)).toBeGreaterThanOrEqual(paused.step);
    await engine.call('run.cancel', { run: paused.id });
  });

  it('continues without images that were missing or changed at its start', async () => {
    const engine = await open(join(folder, 'without'));
    const images = join(folder, 'some');
    const project = await createProject(engine, images);
    await rm(join(images, 'train', 'red', '0.png'));
    await writeFile(join(images, 'train', 'red', '1.png'), 'no image');
    const paused = await pauseLater(engine, project);
    expect(await continueRun(engine, paused)).toBeGreaterThanOrEqual(paused.step);
    const done = await finish(engine, paused);
    expect(done.summary?.images).toMatchObject({ distilled: 16 });
  });
});
