import type { DeviceOption, Project, StudentEstimate } from '../../../contract/app.ts';
import type { DeviceName } from '../../../contract/jobs.ts';
import { UserError } from '../../../core/errors.ts';
import { keptBlocks } from '../../../core/vit/copy.ts';
import { unlessAborted } from '../../../formats/files/unless-aborted.ts';
import { deviceFromEnvironment } from '../../device-choice/choose-device.ts';
import { findDevices } from '../../device-choice/list-devices.ts';
import type { FoundDevice } from '../../device-choice/list-devices.ts';
import { processorName } from '../../devices/processor-name.ts';
import type { Store } from '../../../store/store.ts';
import { architectureOf } from './teachers.ts';
import type { Estimate, TeacherService } from './teachers.ts';
import { workspaceTeacherText } from '../../../text/index.ts';

/** Estimate for a project on a device, or the reason why there is none. */
type Outcome = { readonly estimate: Estimate } | { readonly missing: string };

/** Devices of this computer, with estimates of runs on them. */
export class DeviceService {
  readonly #store: Store;
  readonly #teachers: TeacherService;
  #found: Promise<FoundDevice[]> | undefined;

  constructor(store: Store, teachers: TeacherService) {
    this.#store = store;
    this.#teachers = teachers;
  }

  /** Estimates students by skip factor, with the time of a run on the device that it would use. */
  async estimate(id: number, project: Project, signal: AbortSignal): Promise<StudentEstimate[]> {
    const device = await this.choose(project, id, signal);
    const found = await this.#device(device);
    const outcome = await this.#outcome(id, project, found, signal);
    if ('estimate' in outcome) return outcome.estimate.students;
    // The run would fall back to the processor too.
    const processor = await this.#device('cpu');
    return (await this.#teachers.estimate(id, project, processor, signal)).students;
  }

  /**
   * Returns the device of a run: the project's choice, or the one with the shortest estimated run.
   *
   * @throws UserError 'invalid-option' if the environment variable names no device
   */
  async choose(project: Project, teacher: number, signal: AbortSignal): Promise<DeviceName> {
    const asked = project.settings.device;
    if (asked !== 'auto') return asked;
    const requested = deviceFromEnvironment();
    if (requested !== undefined) return requested;
    const found = await unlessAborted(this.#devices(), signal);
    const usable = found.filter(({ missing }) => missing === null);
    if (usable.length < 2) return 'cpu';
    let fastest: { readonly name: DeviceName; readonly seconds: number } | undefined;
    for (const device of usable) {
      const outcome = await this.#outcome(teacher, project, device, signal);
      const seconds = secondsOf(outcome, project);
      if (seconds === null) continue;
      if (fastest === undefined || seconds < fastest.seconds) fastest = { ...device, seconds };
    }
    return fastest?.name ?? 'cpu';
  }

  /** Lists the possible devices, the processor first. */
  async list(project: Project, signal: AbortSignal): Promise<DeviceOption[]> {
    const { teacher } = project.settings;
    const chosen = teacher === null ? 'cpu' : await this.choose(project, teacher, signal);
    const options: DeviceOption[] = [];
    for (const found of await unlessAborted(this.#devices(), signal)) {
      const { name, description, memoryBytes, missing } = found;
      const outcome: Outcome | undefined =
        teacher === null || missing !== null
          ? undefined
          : await this.#outcome(teacher, project, found, signal);
      options.push({
        name,
        description,
        memoryBytes,
        isChosen: name === chosen,
        missing: outcome && 'missing' in outcome ? outcome.missing : missing,
        imagesPerSecond: outcome ? this.#speedOf(outcome, project) : null,
        seconds: outcome ? secondsOf(outcome, project) : null,
      });
    }
    return options;
  }

  #speedOf(outcome: Outcome, { settings: { teacher, skip } }: Project): number | null {
    if ('missing' in outcome || teacher === null) return null;
    const { depth } = architectureOf(this.#store.teachers.get(teacher));
    return outcome.estimate.imagesPerSecond(keptBlocks(depth, Math.min(skip, depth)).length);
  }

  async #outcome(
    teacher: number,
    project: Project,
    found: FoundDevice,
    signal: AbortSignal,
  ): Promise<Outcome> {
    if (found.missing !== null) return { missing: found.missing };
    try {
      return { estimate: await this.#teachers.estimate(teacher, project, found, signal) };
    } catch (error) {
      if (error instanceof UserError && error.code === 'device') return { missing: error.message };
      throw error;
    }
  }

  /** Returns the devices, detected once; hardware added later is found after a restart. */
  #devices(): Promise<FoundDevice[]> {
    this.#found ??= findDevices();
    return this.#found;
  }

  /** Returns the detected device; one that this system cannot have counts as missing. */
  async #device(name: DeviceName): Promise<FoundDevice> {
    if (name === 'cpu') return processor();
    const found = (await this.#devices()).find((device) => device.name === name);
    return (
      found ?? {
        ...processor(),
        name,
        missing: workspaceTeacherText.noDevice(name),
      }
    );
  }
}

function processor(): FoundDevice {
  const description = processorName();
  return { name: 'cpu', description, missing: null, threads: null, memoryBytes: null };
}

/** Seconds of a run with the project's skip factor, or the largest one that the teacher allows. */
function secondsOf(outcome: Outcome, { settings: { skip } }: Project): number | null {
  if ('missing' in outcome) return null;
  const { students } = outcome.estimate;
  return students.findLast((student) => student.skip <= skip)?.seconds ?? null;
}
