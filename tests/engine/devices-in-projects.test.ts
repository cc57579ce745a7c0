import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Run } from '../../src/contract/app.ts';
import { measureSpeed } from '../../src/engine/speed/speed.ts';
import { webgpuMissing } from '../conformance/executors.ts';
import { OpenServices, workerOf } from '../support/open-services.ts';
import { createTinyProject } from '../support/tiny-project.ts';
import { temporaryFolder, writeImages, writeTinyTeacher } from './support.ts';

describe('devices in projects', async () => {
  const folder = await temporaryFolder();
  let engine: OpenServices;
  let project: number;

  beforeAll(async () => {
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
    await writeImages(join(folder, 'images', 'train'), 6, 1);
    await writeImages(join(folder, 'images', 'test'), 3, 2);
    engine = await OpenServices.open(join(folder, 'workspace'));
    project = await createTinyProject(engine, folder, {
      settings: { steps: 20 },
      images: join(folder, 'images'),
    });
  });
  afterAll(() => engine.close());
  beforeEach(() => {
    vi.stubEnv('UNDERSTUDY_DEVICE', '');
  });

  const choose = (device: 'auto' | 'cpu' | 'webgpu' | 'cuda', steps = 20): Promise<unknown> =>
    engine.call('project.update', { project, settings: { device, steps } });
  const started = async (): Promise<[Run, Promise<Run>]> => {
    const ended = engine.next('run.changed', ({ state }) => state === 'done' || state === 'failed');
    return [await engine.call('run.start', { project }), ended];
  };

  it('devices are listed with their speed and time, or with what is missing', async () => {
    await choose('auto');
    const [cpu, ...others] = await engine.call('device.list', { project });
    expect(cpu).toMatchObject({ name: 'cpu', missing: null });
    expect(cpu?.imagesPerSecond).toBeGreaterThan(0);
    expect(cpu?.seconds).toBeGreaterThan(0);
    expect(others.map(({ name }) => name)).toContain('webgpu');
    for (const { missing, imagesPerSecond, seconds } of others) {
      if (missing === null) expect(imagesPerSecond).toBeGreaterThan(0);
      else expect([imagesPerSecond, seconds]).toEqual([null, null]);
    }
    const listed = [cpu, ...others];
    // SwiftShader, in place of a GPU, does not count as one.
    expect(listed.filter((option) => option?.isChosen)).toEqual([cpu]);
  });

  it('a run reports its device', async () => {
    await choose('auto');
    const [, ended] = await started();
    expect(await ended).toMatchObject({ state: 'done', device: 'cpu', deviceNote: null });
  });

  it('a missing device is replaced, and the run keeps the reason', async () => {
    await choose('cuda');
    const [{ id }, ended] = await started();
    const note = expect.stringMatching(
      /needs an NVIDIA GPU .* The run continues on the processor/,
    ) as string;
    const run = { state: 'done', device: 'cpu', deviceNote: note };
    expect(await ended).toMatchObject(run);
    expect(await engine.call('run.get', { run: id })).toMatchObject(run);
    // The estimate is that of the device that would be used.
    const { settings } = await engine.call('project.get', { project });
    const teacher = settings.teacher ?? 0;
    expect(await engine.call('teacher.estimate', { project, teacher })).not.toEqual([]);
  });

  it('devices compute in float32 until a project chooses otherwise, which is stored', async () => {
    const precision = async (): Promise<string> =>
      (await engine.call('project.get', { project })).settings.precision;
    expect(await precision()).toBe('float32');
    await engine.call('project.update', { project, settings: { precision: 'float16' } });
    await choose('auto');
    await engine.close();
    engine = await OpenServices.open(join(folder, 'workspace'));
    expect(await precision()).toBe('float16');
    const [, ended] = await started();
    // The precision that the processor used.
    expect(await ended).toMatchObject({
      ...{ state: 'done', device: 'cpu', settings: { precision: 'float16' } },
      summary: { precision: 'float32' },
    });
    await engine.call('project.update', { project, settings: { precision: 'float32' } });
  });

  const isLinux = process.platform === 'linux';
  const why = webgpuMissing ?? (isLinux ? undefined : 'workers are found in /proc');
  const reason = why === undefined ? '' : ` (skipped: ${why})`;

  it.skipIf(why !== undefined)(
    `a GPU uses and is measured with float16 if the project requests it${reason}`,
    async () => {
      const half = { device: 'webgpu', precision: 'float16' } as const;
      const none = /does not support 16-bit numbers/;
      const measured = measureSpeed({
        teacher: join(folder, 'teacher.safetensors'),
        rank: 2,
        ...half,
      });
      await expect(measured).rejects.toThrow(none);
      await engine.call('project.update', { project, settings: half });
      const [, ended] = await started();
      expect(await ended).toMatchObject({
        ...{ state: 'done', device: 'cpu', deviceNote: expect.stringMatching(none) as string },
        summary: { precision: 'float32' },
      });
      await engine.call('project.update', { project, settings: { precision: 'float32' } });
    },
  );

  it.skipIf(why !== undefined)(
    `a GPU that crashes its process is not used again, and the run continues from its checkpoint${reason}`,
    async () => {
      await choose('webgpu', 40);
      const under = engine.next(
        'run.progress',
        ({ phase, done }) => phase === 'distill' && done > 3,
      );
      const [{ id }, ended] = await started();
      await under;
      expect(await engine.call('run.get', { run: id })).toMatchObject({ device: 'webgpu' });
      process.kill(workerOf(process.pid), 'SIGSEGV');
      expect(await ended).toMatchObject({
        ...{ state: 'done', step: 40, device: 'cpu' },
        deviceNote: expect.stringMatching(/computed on webgpu ended unexpectedly/) as string,
      });
    },
  );
});
