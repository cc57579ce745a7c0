import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { tinyArchitecture } from '../../../tests/support/tiny-vit.ts';
import type { DeviceName, JobEvent } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { chooseDevice } from './choose-device.ts';
import { KnownSpeeds } from './known-speeds.ts';
import type { FoundDevice } from './list-devices.ts';
import type { TrialRequest } from '../speed/trial.ts';

/** Simulated devices of a computer, and their results in trials. */
const machine = vi.hoisted((): Machine => ({ speeds: {}, tried: [], free: 1 }));

interface Machine {
  speeds: Partial<Record<DeviceName, number | string>>;
  tried: DeviceName[];
  /** Share of the processors that is free. */
  free: number;
  whenTried?: (() => void) | undefined;
}

vi.mock('./list-devices.ts', () => ({
  findDevices: (): Promise<FoundDevice[]> =>
    Promise.resolve(
      (['cpu', 'webgpu', 'tensorflow'] as const).map((name) => ({
        name,
        description: `a ${name}`,
        missing: name in machine.speeds ? null : 'It is not there.',
        threads: null,
        memoryBytes: null,
      })),
    ),
  timeDevice: ({ device }: TrialRequest, signal?: AbortSignal) => {
    machine.tried.push(device);
    machine.whenTried?.();
    if (signal?.aborted) return Promise.reject(new UserError('cancelled', 'Stopped.'));
    const outcome = machine.speeds[device] ?? 'It is not there.';
    return Promise.resolve(
      typeof outcome === 'string'
        ? { missing: outcome }
        : { imagesPerSecond: outcome, free: machine.free },
    );
  },
}));

const candidate = {
  teacher: 'teacher.safetensors',
  blocks: [0, 2],
  rank: 16,
  batch: 32,
  precision: 'float32',
  imageSize: 16,
  threads: 2,
  architecture: tinyArchitecture,
} as const;

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-choice-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  file = join(folder, `${performance.now()}.json`);
  machine.tried = [];
  vi.stubEnv('UNDERSTUDY_DEVICE', '');
});

interface Chosen {
  readonly device: DeviceName;
  readonly messages: readonly string[];
}

async function choose(
  asked: 'auto' | DeviceName = 'auto',
  signal = new AbortController().signal,
): Promise<Chosen> {
  const messages: string[] = [];
  const report = (event: JobEvent): void => {
    if (event.type === 'notice') messages.push(event.message);
  };
  const context = { signal, report };
  const device = await chooseDevice(asked, candidate, context, await KnownSpeeds.open(file));
  return { device, messages };
}

describe('chooseDevice', () => {
  it('uses the requested device, whether or not it was tried', async () => {
    machine.speeds = { cpu: 100 };
    expect(await choose('cuda')).toEqual({ device: 'cuda', messages: [] });
    expect(machine.tried).toEqual([]);
  });

  it('tries nothing if there is only the processor', async () => {
    machine.speeds = { cpu: 100 };
    expect(await choose()).toEqual({ device: 'cpu', messages: [] });
    expect(machine.tried).toEqual([]);
  });

  it('chooses the fastest device, reports all speeds, and remembers them', async () => {
    machine.speeds = { cpu: 100, webgpu: 812.4, tensorflow: 300 };
    const { device, messages } = await choose();
    expect(device).toBe('webgpu');
    expect(messages.at(-1)).toMatch(/webgpu 812, tensorflow 300, cpu 100\. The fastest is used/);
    expect(machine.tried).toEqual(['cpu', 'webgpu', 'tensorflow']);
    machine.tried = [];
    expect((await choose()).device).toBe('webgpu');
    expect(machine.tried).toEqual([]);
  });

  it('uses measurements disturbed by other work, but does not remember them', async () => {
    machine.speeds = { cpu: 100, webgpu: 60 };
    machine.free = 0.5;
    onTestFinished(() => {
      machine.free = 1;
    });
    const { device, messages } = await choose();
    expect(device).toBe('cpu');
    expect(messages.filter((text) => text.startsWith('Other programs were busy'))).toHaveLength(2);
    machine.free = 0.9;
    machine.speeds.webgpu = 300;
    expect((await choose()).device).toBe('webgpu');
    expect(machine.tried).toEqual(['cpu', 'webgpu', 'cpu', 'webgpu']);
    expect((await choose()).messages).toHaveLength(1);
    expect(machine.tried).toHaveLength(4);
  });

  it('does not choose a GPU that is slower or fails its trial', async () => {
    machine.speeds = { cpu: 100, webgpu: 3, tensorflow: 'Its driver did not answer.' };
    expect((await choose()).device).toBe('cpu');
    machine.tried = [];
    // Not tried again either, unless requested.
    expect((await choose()).device).toBe('cpu');
    expect(machine.tried).toEqual([]);
  });

  it('reports failed trials, and tries the processor again', async () => {
    machine.speeds = { cpu: 'It was ended.', webgpu: 'Its driver did not answer.', tensorflow: 30 };
    const { device, messages } = await choose();
    expect(device).toBe('tensorflow');
    expect(messages.at(-1)).toMatch(
      /tensorflow 30\.0\. The speed test failed on: cpu \(It was ended\.\), webgpu \(Its driver did not answer\.\); .*tensorflow is used/,
    );
    machine.speeds.cpu = 100;
    machine.tried = [];
    expect((await choose()).device).toBe('cpu');
    expect(machine.tried).toEqual(['cpu']);
  });

  it('uses the processor if all trials failed', async () => {
    machine.speeds = { cpu: 'It was ended.', webgpu: 'Its driver did not answer.' };
    const { device, messages } = await choose();
    expect(device).toBe('cpu');
    expect(messages.at(-1)).toMatch(/^The speed test failed on: .*cpu is used/);
  });

  it('stops when cancelled, and remembers no cancelled trial', async () => {
    machine.speeds = { cpu: 100, webgpu: 800 };
    const controller = new AbortController();
    machine.whenTried = () => {
      controller.abort();
    };
    await expect(choose('auto', controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect(machine.tried).toEqual(['cpu']);
    machine.whenTried = undefined;
    expect((await choose()).device).toBe('webgpu');
    expect(machine.tried).toEqual(['cpu', 'cpu', 'webgpu']);
  });

  it('follows the environment variable, which must name a device', async () => {
    machine.speeds = { cpu: 100, webgpu: 800 };
    vi.stubEnv('UNDERSTUDY_DEVICE', 'cpu');
    expect(await choose()).toEqual({ device: 'cpu', messages: [] });
    vi.stubEnv('UNDERSTUDY_DEVICE', 'abacus');
    await expect(choose()).rejects.toThrow(/UNDERSTUDY_DEVICE is "abacus", which is not a device/);
  });
});
