import { deviceName } from '../../contract/jobs.ts';
import type { DeviceChoice, DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import { deviceText, speedTestText } from '../../text/index.ts';
import type { JobContext } from '../job.ts';
import { undisturbed } from '../devices/cpu-contention.ts';
import { findDevices, timeDevice } from './list-devices.ts';
import { KnownSpeeds, speedKey } from './known-speeds.ts';
import type { TrialRequest } from '../speed/trial.ts';

/** Environment variable that overrides the choice of `auto`, so that no device is tried. */
const deviceVariable = 'UNDERSTUDY_DEVICE';

/** The work that a device is chosen for. */
export interface DeviceWorkload extends Omit<TrialRequest, 'device' | 'threads'> {
  readonly threads: number | undefined;
  /** Architecture of the teacher at that input size. */
  readonly architecture: VitArchitecture;
}

/**
 * Chooses the device for a run: the requested one, or the fastest. Each device whose speed with this kind of student
 * is unknown is timed for two seconds with the student's own training step. If only the processor is usable, nothing
 * is timed.
 *
 * @throws UserError 'invalid-option' if the environment variable names no device, 'cancelled'
 */
export async function chooseDevice(
  asked: DeviceChoice,
  candidate: DeviceWorkload,
  context: JobContext,
  known?: KnownSpeeds,
): Promise<DeviceName> {
  if (asked !== 'auto') return asked;
  const requested = deviceFromEnvironment();
  if (requested !== undefined) return requested;
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
      remembered === undefined ? await timeCandidate(trial, speeds, context) : (remembered ?? name);
    if (typeof outcome === 'number') measured.push({ name, speed: outcome });
    else failed.push(outcome);
  }
  measured.sort((a, b) => b.speed - a.speed);
  const device = measured[0]?.name ?? 'cpu';
  context.report({ type: 'notice', message: speedTestText.chosen(device, measured, failed) });
  return device;
}

interface Trial {
  readonly request: TrialRequest;
  /** Key under which the result is stored. */
  readonly key: string;
  readonly description: string;
}

/**
 * Times a device: images per second, or its name with the reason why it failed.
 *
 * @throws UserError 'cancelled'; then nothing is stored
 */
async function timeCandidate(
  { request, key, description }: Trial,
  speeds: KnownSpeeds,
  context: JobContext,
): Promise<number | string> {
  const { device } = request;
  context.report({ type: 'notice', message: speedTestText.trying(device, { description }) });
  const outcome = await timeDevice(request, context.signal);
  if ('imagesPerSecond' in outcome) {
    if (outcome.free >= undisturbed) await speeds.set(key, outcome.imagesPerSecond);
    else context.report({ type: 'notice', message: speedTestText.disturbed(device) });
    return outcome.imagesPerSecond;
  }
  // Failures of the processor are temporary and not stored: it always exists.
  if (device !== 'cpu') await speeds.set(key, null);
  return speedTestText.failed(device, outcome.missing);
}

/**
 * Returns the device that the environment variable names.
 *
 * @throws UserError 'invalid-option' if it names no device
 */
export function deviceFromEnvironment(): DeviceName | undefined {
  const text = process.env[deviceVariable];
  if (text === undefined || text === '' || text === 'auto') return undefined;
  const { data } = deviceName.safeParse(text);
  if (data !== undefined) return data;
  throw new UserError(
    'invalid-option',
    deviceText.notADevice({ variable: deviceVariable, value: text, devices: deviceName.options }),
  );
}
