import { deviceName } from '../../contract/jobs.ts';
import type { DeviceChoice, DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import type { JobContext } from '../job.ts';
import { undisturbed } from '../other-work.ts';
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
    const trial = { request, key, description };
    const outcome =
      remembered === undefined ? await tryDevice(trial, speeds, context) : (remembered ?? name);
    if (typeof outcome === 'number') measured.push({ name, speed: outcome });
    else failed.push(outcome);
  }
  measured.sort((a, b) => b.speed - a.speed);
  const device = measured[0]?.name ?? 'cpu';
  context.report({ type: 'notice', message: choiceOf(device, measured, failed) });
  return device;
}

interface Trial {
  readonly request: TrialRequest;
  /** By which its outcome is remembered. */
  readonly key: string;
  readonly description: string;
}

/**
 * Images a second of a device, or its name with what kept it from getting through.
 *
 * @throws UserError 'cancelled', and then nothing is remembered
 */
async function tryDevice(
  { request, key, description }: Trial,
  speeds: KnownSpeeds,
  context: JobContext,
): Promise<number | string> {
  const { device } = request;
  context.report({ type: 'notice', message: `Trying ${device} (${description})…` });
  const outcome = await measure(request, context.signal);
  if ('imagesPerSecond' in outcome) {
    if (outcome.free >= undisturbed) await speeds.set(key, outcome.imagesPerSecond);
    else context.report({ type: 'notice', message: busyNotice(device) });
    return outcome.imagesPerSecond;
  }
  // The processor is always there: what kept it from being tried will pass.
  if (device !== 'cpu') await speeds.set(key, null);
  return `${device} (${outcome.missing})`;
}

/** Why a trial is not remembered. */
function busyNotice(device: DeviceName): string {
  return `Other programs were at work while ${device} was tried: its speed is a guess, and the next run tries it again.`;
}

/** What was chosen, and why. */
function choiceOf(
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
