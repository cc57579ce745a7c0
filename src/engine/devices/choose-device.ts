import { deviceName } from '../../contract/jobs.ts';
import type { DeviceChoice, DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import type { JobContext } from '../job.ts';
import { findDevices, measure } from './list-devices.ts';
import { KnownSpeeds, speedKey } from './known-speeds.ts';
import type { TrialRequest } from './trial.ts';

/** Names the device that `auto` stands for, so that nothing is tried. */
const wish = 'UNDERSTUDY_DEVICE';

/** What a device is chosen for. */
export interface Candidate extends Omit<TrialRequest, 'device' | 'threads'> {
  readonly threads: number | undefined;
  /** The teacher's, with that side of the input. */
  readonly architecture: VitArchitecture;
}

/**
 * The device for a run: the one that was asked for, or the fastest, each tried for two seconds with the student's own
 * step where its speed with such a student is not known yet. Where the processor is all there is nothing is tried.
 *
 * @throws UserError 'invalid-option' where the environment names no device
 */
export async function chooseDevice(
  asked: DeviceChoice,
  candidate: Candidate,
  context: JobContext,
  known?: KnownSpeeds,
): Promise<DeviceName> {
  if (asked !== 'auto') return asked;
  const wished = wishedDevice();
  if (wished !== undefined) return wished;
  const { architecture, threads = defaultThreads(), ...student } = candidate;
  const found = await findDevices(threads);
  const usable = found.filter(({ missing }) => missing === null);
  if (usable.length < 2) return 'cpu';
  const speeds = known ?? (await KnownSpeeds.open());
  const measured: { readonly name: DeviceName; readonly speed: number }[] = [];
  for (const { name, description } of usable) {
    const request = { ...student, threads, device: name };
    const key = speedKey(request, architecture, description);
    let speed = speeds.get(key);
    if (speed === undefined) {
      context.report({ type: 'notice', message: `Trying ${name} (${description})…` });
      const outcome = await measure(request);
      speed = 'imagesPerSecond' in outcome ? outcome.imagesPerSecond : null;
      await speeds.set(key, speed);
    }
    if (speed !== null) measured.push({ name, speed });
  }
  measured.sort((a, b) => b.speed - a.speed);
  const listed = measured.map(({ name, speed }) => `${name} ${speed.toPrecision(3)}`).join(', ');
  context.report({
    type: 'notice',
    message: `Images a second in a step of this student: ${listed}. The fastest is used; --device chooses another.`,
  });
  return measured[0]?.name ?? 'cpu';
}

/** The device that the environment names. @throws UserError 'invalid-option' where that is none */
export function wishedDevice(): DeviceName | undefined {
  const text = process.env[wish];
  if (text === undefined || text === '' || text === 'auto') return undefined;
  const { data } = deviceName.safeParse(text);
  if (data !== undefined) return data;
  throw new UserError(
    'invalid-option',
    `${wish} is ${JSON.stringify(text)}, which is no device. It can be ${deviceName.options.join(', ')} or auto.`,
  );
}
