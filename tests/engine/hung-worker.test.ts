import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/contract/app.ts';
import { OpenServices, workerOf } from '../support/open-services.ts';
import { createTinyProject } from '../support/tiny-project.ts';
import { temporaryFolder, writeImages, writeTinyTeacher } from './support.ts';

// A worker that the system suspends is silent like one that hangs in a driver or on a dead disk.

/** Long enough for a step of the tiny teacher and its checkpoint, on a busy machine. */
const wait = { times: 1, least: 5000, most: 5000 };
const patience = { stop: wait, work: wait };
/** With this limit, waiting for a worker would outlast the test. */
const endless = { ...patience, stop: { times: 1, least: 3_600_000, most: 3_600_000 } };

const isLinux = process.platform === 'linux';
const why = isLinux ? '' : ' (skipped: workers are found in /proc)';

describe.skipIf(!isLinux)(`a worker that hangs${why}`, async () => {
  const folder = await temporaryFolder();
  const workspace = join(folder, 'workspace');
  let engine: OpenServices;
  let project: number;

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(folder, 'images', 'train'), 6, 1);
    await writeImages(join(folder, 'images', 'test'), 3, 2);
    engine = await OpenServices.open(workspace, patience);
    project = await create();
  });
  afterEach(async () => {
    for (const run of await engine.call('run.list', { project })) {
      await engine.call('run.cancel', { run: run.id });
    }
  });
  afterAll(() => engine.close());

  const create = (): Promise<number> =>
    createTinyProject(engine, folder, {
      settings: { steps: 50_000 },
      images: join(folder, 'images'),
    });
  const reopen = async (now: typeof patience): Promise<void> => {
    await engine.close();
    engine = await OpenServices.open(workspace, now);
  };
  const atStep = (step: number): Promise<{ done: number }> =>
    engine.next('run.progress', ({ phase, done }) => phase === 'distill' && done > step);
  /** A run whose worker has completed a step and then hangs. */
  const hang = async (of = project): Promise<Run> => {
    const under = atStep(3);
    const run = await engine.call('run.start', { project: of });
    await under;
    process.kill(workerOf(process.pid), 'SIGSTOP');
    return run;
  };

  it('does not delay a pause: it is ended, and the run is at its checkpoint', async () => {
    const under = atStep(3);
    const run = await engine.call('run.start', { project });
    await under;
    const { step: kept } = await engine.call('run.pause', { run: run.id });
    const further = atStep(kept + 100);
    await engine.call('run.resume', { run: run.id });
    await further;
    process.kill(workerOf(process.pid), 'SIGSTOP');

    const paused = await engine.call('run.pause', { run: run.id });
    expect(paused).toMatchObject({
      state: 'paused',
      step: kept,
      error: { code: 'not-responding', message: expect.stringMatching(/was ended/) as string },
    });
    const again = engine.next('run.progress', ({ phase }) => phase === 'distill');
    expect(await engine.call('run.resume', { run: run.id })).toMatchObject({ error: null });
    // The steps since its checkpoint are repeated.
    expect((await again).done).toBeLessThan(kept + 100);
  });

  it('paused before its first checkpoint, the run starts from the beginning', async () => {
    const { id } = await hang();
    const paused = await engine.call('run.pause', { run: id });
    expect(paused).toMatchObject({ state: 'paused', step: 0 });
  });

  describe('does not delay', () => {
    beforeAll(() => reopen(endless));
    afterAll(() => reopen(patience));

    it('the discarding of its run', async () => {
      const { id } = await hang();
      await engine.call('run.cancel', { run: id });
      expect(await readdir(join(workspace, 'runs'))).not.toContain(String(id));
    });

    it('the removal of its project', async () => {
      const other = await create();
      await hang(other);
      await engine.call('project.remove', { project: other });
      const left = await engine.call('project.list', null);
      expect(left.map(({ id }) => id)).not.toContain(other);
    });
  });

  it('is reported but not ended while it works, because it may be slow', async () => {
    const { id } = await hang();
    const silent = engine.next('run.changed', ({ error }) => error !== null);
    expect(await silent).toMatchObject({ id, state: 'running', error: { code: 'silent' } });
    const spoken = engine.next('run.changed', ({ error }) => error === null);
    process.kill(workerOf(process.pid), 'SIGCONT');
    expect(await spoken).toMatchObject({ id, state: 'running' });
  });

  it('does not prevent the engine from ending; the next engine resumes the run', async () => {
    const { id } = await hang();
    await reopen(patience);
    await atStep(3);
    expect(await engine.call('run.get', { run: id })).toMatchObject({
      state: 'running',
      error: null,
    });
  });
});
