import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Project } from '../../src/contract/app.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { addTinyTeacher } from '../support/tiny-project.ts';
import { temporaryFolder, writeImages, writeTinyTeacher } from './support.ts';

// A workspace that disappears while it is open. SQLite would continue writing to the deleted file.

const isWindows = process.platform === 'win32';
const why = isWindows ? ' (skipped: no open file can be moved here)' : '';

describe.skipIf(isWindows)(`a workspace that disappears while it is open${why}`, async () => {
  const folder = await temporaryFolder();
  let last = 0;

  const open = async (): Promise<{
    workspace: string;
    engine: EngineProcess;
    project: Project;
  }> => {
    const workspace = join(folder, `workspace-${++last}`);
    const engine = await EngineProcess.start(workspace);
    onTestFinished(async () => {
      await engine.stop();
    });
    const project = await engine.call('project.create', {
      name: 'Colours',
      domain: 'other',
      task: 'single',
      classes: ['red'],
    });
    return { workspace, engine, project };
  };
  const sentence = /workspace-\d is missing.*Put it back/;
  const error = { code: 'not-found', message: expect.stringMatching(sentence) as string };
  const gone = { state: 'failed', error };

  it.each([
    ['renamed', (from: string) => rename(from, `${from} elsewhere`)],
    ['deleted', (from: string) => rm(from, { recursive: true })],
    [
      'replaced by a copy',
      async (from: string) => {
        await cp(from, `${from} copy`, { recursive: true });
        await rename(from, `${from} elsewhere`);
        await rename(`${from} copy`, from);
      },
    ],
  ])('%s: the engine reports it and ends', async (_, take) => {
    const { workspace, engine } = await open();
    const stateChanged = engine.next('engine.state');
    await take(workspace);
    expect(await stateChanged).toMatchObject(gone);
    // 2: the parent process does not restart it at once.
    expect(await engine.ended()).toBe(2);
  });

  it('requests in the meantime are refused', async () => {
    const { workspace, engine, project } = await open();
    await rename(workspace, `${workspace} elsewhere`);
    const answer = await engine.ask('class.add', { project: project.id, name: 'blue' });
    expect(answer).toMatchObject({ ok: false, error });
    await engine.ended();
    expect(existsSync(workspace)).toBe(false);
    await rename(`${workspace} elsewhere`, workspace);
    const again = await EngineProcess.start(workspace, '--known');
    expect(await again.call('project.list', null)).toMatchObject([{ name: 'Colours' }]);
    await again.stop();
  });

  it('a known workspace that is missing is not created again', async () => {
    const workspace = join(folder, 'workspace-0');
    await expect(EngineProcess.start(workspace, '--known')).rejects.toThrow(sentence);
    expect(existsSync(workspace)).toBe(false);
    await mkdir(workspace);
    await expect(EngineProcess.start(workspace, '--known')).rejects.toThrow(sentence);
    expect(await readdir(workspace)).toEqual([]);
  });

  it('an active import and run stop; once the workspace is back, the run resumes from its checkpoint', async () => {
    const { workspace, engine, project } = await open();
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(folder, 'images', 'train'), 60, 1);
    const images = join(folder, 'images');
    await engine.call('image.import', { project: project.id, folder: images, labels: 'folders' });
    const teacher = await addTinyTeacher(engine, folder);
    const settings = { teacher, rank: 2, steps: 50_000, batch: 8, views: 4 };
    await engine.call('project.update', { project: project.id, settings });
    const run = await engine.call('run.start', { project: project.id });
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > 3);
    const { step } = await engine.call('run.pause', { run: run.id });
    await engine.call('run.resume', { run: run.id });
    await engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > step + 5);

    const stateChanged = engine.next('engine.state');
    await writeImages(join(folder, 'more'), 60, 3);
    void engine.ask('image.import', {
      project: project.id,
      folder: join(folder, 'more'),
      labels: 'none',
    });
    await engine.next('import.progress');
    await rename(workspace, `${workspace} elsewhere`);
    expect(await stateChanged).toMatchObject(gone);
    expect(await engine.ended()).toBe(2);
    // Neither the import's thumbnails nor the run's worker created it again.
    expect(existsSync(workspace)).toBe(false);

    await rename(`${workspace} elsewhere`, workspace);
    const again = await EngineProcess.start(workspace, '--known');
    const { done } = await again.next('run.progress', ({ phase }) => phase === 'distill');
    expect(done).toBeGreaterThanOrEqual(step);
    await again.call('run.cancel', { run: run.id });
    await again.stop();
  });
});
