import { cpus, totalmem } from 'node:os';
import type { DeviceDescription } from '../../contract/descriptions.ts';
import { deviceName } from '../../contract/jobs.ts';
import type { DeviceName } from '../../contract/jobs.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import { bundledTeacher } from '../demo.ts';
import { performInWorker } from '../services/worker-process.ts';
import { timeOf } from '../speed.ts';
import { findGpu } from './find-gpu.ts';

/** Of the student that devices are compared with: every second of twelve blocks. */
const usual = { blocks: 6, rank: 16 } as const;
/** A driver that has not answered by then will not. */
const patienceMs = 120_000;

/** Which devices there could be on a system. */
const systems: Readonly<Record<DeviceName, readonly NodeJS.Platform[] | 'every'>> = {
  cpu: 'every',
  webgpu: 'every',
  cuda: ['linux'],
  tensorflow: 'every',
  dml: ['win32'],
  coreml: ['darwin'],
};

/** What this machine can compute on, and how fast; each is tried in a process of its own, one after the other. */
export async function listDevices(threads = defaultThreads()): Promise<DeviceDescription[]> {
  const gpu = await findGpu();
  const found: DeviceDescription[] = [];
  for (const name of deviceName.options) {
    const where = systems[name];
    if (where !== 'every' && !where.includes(process.platform)) continue;
    const outcome = await tryDevice(name, threads);
    const own =
      name === 'cpu'
        ? { description: processorName(), threads, memoryBytes: totalmem() }
        : {
            description: gpu?.name ?? unnamed(outcome.missing === null),
            threads: null,
            memoryBytes: gpu?.memoryBytes ?? null,
          };
    found.push({ name, ...own, ...outcome });
  }
  return found;
}

function processorName(): string {
  return cpus()[0]?.model.trim() ?? 'processor';
}

/** What computes where the system names no GPU. */
function unnamed(isUsable: boolean): string {
  return isUsable ? 'no GPU was found: the processor stands in for it' : 'no GPU was found';
}

async function tryDevice(
  device: DeviceName,
  threads: number,
): Promise<Pick<DeviceDescription, 'missing' | 'imagesPerSecond'>> {
  const request = { teacher: bundledTeacher, rank: usual.rank, device, threads };
  const kill = AbortSignal.timeout(patienceMs);
  try {
    const result = await performInWorker({ kind: 'speed', request }, new AbortController().signal, {
      report: () => undefined,
      kill,
      isMuted: true,
    });
    if (result.kind !== 'speed') throw new Error('the worker measured no speed');
    return {
      missing: null,
      imagesPerSecond: 1 / timeOf(result.measurement.speed.step, usual.blocks),
    };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { missing: kill.aborted ? 'Its driver did not answer.' : said, imagesPerSecond: null };
  }
}
