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
 * @throws UserError 'invalid-option' where the environment names no device, 'cancelled'
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
  const found = await findDevices(threads, context.signal);
  const usable = found.filter(({ missing }) => missing === null);
  if (usable.length < 2) return 'cpu';
  const speeds = known ?? (await KnownSpeeds.open());
  const measured: { readonly name: DeviceName; readonly speed: number }[] = [];
  const failed: string[] = [];
  for (const { name, description } of usable) {
    const request = { ...student, threads, device: name };
    const key = speedKey(request, architecture, description);
    const remembered = speeds.get(key);
    if (remembered === undefined) {
      context.report({ type: 'notice', message: `Trying ${name} (${description})…` });
    }
    const outcome = remembered === undefined ? await measure(request, context.signal) : undefined;
    const speed = outcome ? ('missing' in outcome ? null : outcome.imagesPerSecond) : remembered;
    // The processor is always there: what kept it from being tried will pass.
    if (outcome && (typeof speed === 'number' || name !== 'cpu'))
      await speeds.set(key, speed ?? null);
    if (typeof speed === 'number') measured.push({ name, speed });
    else failed.push(outcome && 'missing' in outcome ? `${name} (${outcome.missing})` : name);
  }
  measured.sort((a, b) => b.speed - a.speed);
  const device = measured[0]?.name ?? 'cpu';
  context.report({ type: 'notice', message: outcomeOf(device, measured, failed) });
  return device;
}

/** What was chosen, and why. */
function outcomeOf(
  device: DeviceName,
  measured: readonly { readonly name: DeviceName; readonly speed: number }[],
  failed: readonly string[],
): string {
  const listed = measured.map(({ name, speed }) => `${name} ${speed.toPrecision(3)}`).join(', ');
  const speeds = listed === '' ? '' : `Images a second in a step of this student: ${listed}. `;
  const lost =
    failed.length === 0
      ? ''
      : `Did not get through a trial: ${failed.join(', ')}; “understudy devices” lets the next run try again. `;
  const choice = measured.length > 1 ? 'The fastest is used' : `${device} is used`;
  return `${speeds}${lost}${choice}; --device chooses another.`;
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
