import { freemem, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { Project, StudentEstimate, Teacher } from '../../../contract/app.ts';
import { precisionOn } from '../../../contract/jobs.ts';
import type { TeacherDescription } from '../../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../../contract/jobs.ts';
import type { Card } from '../../../contract/catalogue.ts';
import { trainingMemory } from '../../../core/distill/memory.ts';
import { channelsOf, preparationOf } from '../../../core/image/preparation.ts';
import { UserError } from '../../../core/errors.ts';
import { parameterCount } from '../../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../../core/vit/architecture.ts';
import { unlessAborted } from '../../../formats/files/unless-aborted.ts';
import type { NewTeacher, StoredTeacher } from '../../../store/queries/teachers.ts';
import type { Store } from '../../../store/store.ts';
import { cardOfFile, deleteCard } from '../../catalogue/card-folder.ts';
import { cardOfHash } from '../../catalogue/cards.ts';
import type { FoundDevice } from '../../device-choice/list-devices.ts';
import { openExecutor } from '../../devices/open-executor.ts';
import { undisturbed } from '../../devices/cpu-contention.ts';
import { machineSpeed, measuringMemory, encoderTime } from '../../speed/speed.ts';
import type { MachineSpeed, SpeedRequest } from '../../speed/speed.ts';
import { sideFor } from '../../tasks/segmentation/segmentation-students.ts';
import { inspectTeacher, teacherName, teacherStamp } from '../../teachers/teacher.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import type { CheckRequest } from '../../teachers/teacher-check.ts';
import { imagesAtOnce } from '../../distill/training.ts';
import { estimateStudents, machineKey } from '../../speed/estimates.ts';
import type { Workload } from '../../speed/estimates.ts';
import { performInWorker, WorkerDied } from '../../worker/worker-process.ts';
import { bundledTeacher } from '../../teachers/bundled-teacher.ts';
import { failureOf } from '../../failures.ts';
import { bundledTeacherText, workspaceTeacherText } from '../../../text/index.ts';

/** Information on a teacher beyond its file; without a name, the file's name is used. */
type Background = Pick<NewTeacher, 'training' | 'suits' | 'licence' | 'isBundled'> &
  Partial<Pick<NewTeacher, 'name'>>;

const bundledBackground: Background = {
  training: bundledTeacherText.training,
  suits: bundledTeacherText.suits,
  licence: 'MIT',
  isBundled: true,
};
const unknownBackground: Background = {
  training: null,
  suits: null,
  licence: null,
  isBundled: false,
};

/** Returns the information from the catalogue on a teacher. */
export function backgroundOf({ name, training, suits, licence }: Card): Background {
  return { name, training, suits, licence, isBundled: false };
}

/** Settings of a measurement in addition to the teacher. */
type Measured = Omit<SpeedRequest, 'teacher'>;

/** Estimates for runs on a device. */
export interface Estimate {
  readonly students: StudentEstimate[];
  /** Images per second in a training step of a student with so many blocks. */
  readonly imagesPerSecond: (blocks: number) => number;
}

/** Time limit of a measurement, ms; on a busy processor it takes a minute. */
const timeLimitMs = 300_000;
/** Time for which a disturbed measurement is reused, ms: the computer is probably still busy. */
const reuseMs = 120_000;
/** Time for which a device is not tried again after a failed measurement, ms. */
const retryAfterMs = 600_000;

/** Teachers of a workspace, and this computer's speed with them. */
export class TeacherService {
  readonly #store: Store;
  readonly #pool: ImagePool | undefined;
  /** Running measurements by teacher and computer, so that none is made twice. */
  readonly #measuring = new Map<string, Promise<MachineSpeed>>();
  /** Failed measurements by teacher and computer. */
  readonly #failed = new Map<string, { readonly error: UserError; readonly at: number }>();
  /** Measurements disturbed by other programs, by teacher and computer. */
  readonly #disturbed = new Map<string, { readonly speed: MachineSpeed; readonly at: number }>();

  /** @param pool threads that read the user's files; undefined if the process has nothing else to do */
  constructor(store: Store, pool?: ImagePool) {
    this.#store = store;
    this.#pool = pool;
  }

  /** Adds the bundled teacher if needed and returns its id. */
  async ensureBundled(): Promise<number> {
    const description = await inspectTeacher(bundledTeacher, {});
    const teacher = {
      name: bundledTeacherText.name,
      file: bundledTeacher,
      description,
      overrides: {},
      ...bundledBackground,
    };
    return this.#store.teachers.upsert(teacher).id;
  }

  list(): Teacher[] {
    return this.#store.teachers.list().map((teacher) => this.#describe(teacher));
  }

  /**
   * Adds a teacher after a trial on a few images. Adding the same file again updates its information.
   *
   * @param overrides the user's corrections of the file's properties
   * @param background by default the catalogue's information on this content, or what is already stored
   * @throws UserError if the file is not a usable vision transformer, or seems to be misread; 'too-large',
   * 'cancelled', 'invalid-option' for corrections of the bundled teacher
   */
  async add(
    file: string,
    overrides: TeacherOverrides,
    signal: AbortSignal,
    background?: Background,
  ): Promise<Teacher> {
    const path = resolve(file);
    const stamp = await this.#stampOf(path, signal);
    const description = await this.#inspect(path, overrides, signal);
    this.#refuseCorrection(description.sha256, overrides);
    const known = this.#store.teachers
      .list()
      .find(({ description: { sha256 } }) => sha256 === description.sha256);
    if (known?.isBundled === true) return this.#describe(known);
    await tryTeacher({ file: path, overrides, inferred: description.inferred }, signal);
    if ((await this.#stampOf(path, signal)) !== stamp) throw replaced(path);
    const card = cardOfHash(description.sha256);
    // A file downloaded by hand for a card without a hash keeps that card's information.
    const kept = known && known.training !== null ? known : unknownBackground;
    const stated = background ?? (card ? backgroundOf(card) : kept);
    const { training, suits, licence, isBundled, name = teacherName(path) } = stated;
    const teacher = { name, file: path, description, overrides };
    return this.#describe(
      this.#store.teachers.upsert({ ...teacher, training, suits, licence, isBundled }),
    );
  }

  /**
   * Removes a teacher, and its downloaded files. A file that the user brought stays.
   *
   * @throws UserError 'in-use' if an unfinished run needs it, 'invalid-option', 'disk'
   */
  async remove(id: number): Promise<void> {
    const { folder, teachers, fetched } = this.#store;
    const { file, isBundled } = teachers.get(id);
    if (isBundled) {
      throw new UserError('invalid-option', workspaceTeacherText.bundledStays);
    }
    teachers.remove(id);
    const card = cardOfFile(folder, file);
    // Another teacher may use the same path with other content.
    if (card === undefined || teachers.list().some((other) => other.file === file)) return;
    fetched.remove(card.id);
    await deleteCard(card, folder);
  }

  /**
   * Estimates students by skip factor, with the time of a run of the project on a device.
   *
   * @throws UserError 'device' if there is no such device or it fails, 'too-large', 'unsupported'
   */
  async estimate(
    id: number,
    project: Project,
    { name, description }: Pick<FoundDevice, 'name' | 'description'>,
    signal: AbortSignal,
  ): Promise<Estimate> {
    const teacher = this.#store.teachers.get(id);
    const own = architectureOf(teacher);
    const { architecture, atOnce, outlines } = workOf(project, own);
    requireMemory(architecture, atOnce, outlines);
    const { rank, preparation } = project.settings;
    const precision = precisionOn(name, project.settings.precision);
    const { imageSize } = architecture;
    const size = imageSize !== own.imageSize && { imageSize };
    const measured = { rank, ...size, preparation, outlines, device: name, precision };
    const speed = await this.#speedOf(teacher, measured, description, signal);
    const pixels = this.#store.images.meanPixels(project.id);
    const workload = { ...workloadOf(project, pixels, freemem()), atOnce, outlines };
    return {
      students: estimateStudents(architecture, speed, project.settings, workload),
      imagesPerSecond: (blocks) => 1 / encoderTime(speed.step, blocks),
    };
  }

  async #stampOf(path: string, signal: AbortSignal): Promise<string> {
    if (this.#pool === undefined) return teacherStamp(path);
    return this.#pool.run('teacherStamp', { path }, { subject: path, signal });
  }

  async #inspect(
    file: string,
    overrides: TeacherOverrides,
    signal: AbortSignal,
  ): Promise<TeacherDescription> {
    if (this.#pool === undefined) return inspectTeacher(file, overrides);
    return this.#pool.run('teacher', { file, overrides }, { subject: file, signal });
  }

  async #speedOf(
    { id, file, overrides }: StoredTeacher,
    measured: Measured,
    gpu: string,
    signal: AbortSignal,
  ): Promise<MachineSpeed> {
    const half = measured.precision === 'float16' ? ', float16' : '';
    const machine = `${machineKey(measured, gpu)}${half}`;
    const key = `${id} ${machine}`;
    const known = this.#store.teachers.estimate(machineSpeed, id, machine) ?? this.#recent(key);
    if (known) return known;
    const failed = this.#failed.get(key);
    if (failed && performance.now() - failed.at < retryAfterMs) throw failed.error;
    let measuring = this.#measuring.get(key);
    if (measuring === undefined) {
      measuring = this.#measure(id, { teacher: file, overrides, ...measured }, machine);
      this.#measuring.set(key, measuring);
      const forget = (): boolean => this.#measuring.delete(key);
      // Also if the first caller does not wait for the end.
      measuring.then(forget, forget);
    }
    return unlessAborted(measuring, signal);
  }

  async #measure(id: number, request: SpeedRequest, machine: string): Promise<MachineSpeed> {
    const task = { kind: 'speed', request } as const;
    const kill = AbortSignal.timeout(timeLimitMs);
    const { measurement } = await performInWorker(task, new AbortController().signal, {
      report: () => undefined,
      // Output of a missing driver does not help the user.
      isMuted: request.device !== 'cpu',
      kill,
    }).catch((error: unknown) => {
      if (request.device === 'cpu') throw unmeasured(error, request);
      const { message, details } = failureOf(error);
      const reason = kill.aborted ? workspaceTeacherText.speedTestTooSlow : message;
      const failure = new UserError('device', reason, details);
      this.#failed.set(`${id} ${machine}`, { error: failure, at: performance.now() });
      throw failure;
    });
    const { speed, free } = measurement;
    if (free >= undisturbed) this.#store.teachers.saveEstimate(id, machine, speed);
    else this.#disturbed.set(`${id} ${machine}`, { speed, at: performance.now() });
    return speed;
  }

  #describe(teacher: StoredTeacher): Teacher {
    const isFetched = cardOfFile(this.#store.folder, teacher.file) !== undefined;
    return { ...describe(teacher), isFetched };
  }

  #refuseCorrection(sha256: string, overrides: TeacherOverrides): void {
    const known = this.#store.teachers
      .list()
      .find(({ description }) => description.sha256 === sha256);
    const given = Object.values(overrides).some((value) => value !== undefined);
    if (known?.isBundled !== true || !given) return;
    throw new UserError('invalid-option', workspaceTeacherText.bundledIsCertain);
  }

  /** Returns the disturbed measurement that is recent enough to be reused. */
  #recent(key: string): MachineSpeed | undefined {
    const found = this.#disturbed.get(key);
    return found && performance.now() - found.at < reuseMs ? found.speed : undefined;
  }
}

/** Returns the error for a file that changed between reading and trial. */
function replaced(path: string): UserError {
  return new UserError('invalid-file', workspaceTeacherText.changedMeanwhile(path));
}

/**
 * Tries a teacher in a separate process: a large one may exceed the memory.
 *
 * @throws as `checkTeacher`
 */
async function tryTeacher(request: CheckRequest, signal: AbortSignal): Promise<void> {
  const watch = { report: () => undefined };
  await performInWorker({ kind: 'check', request }, signal, watch).catch((error: unknown) => {
    if (!(error instanceof WorkerDied)) throw error;
    throw new UserError('too-large', workspaceTeacherText.testCrashed(request.file));
  });
}

/** Properties of a run that determine its memory needs. */
export function workOf(
  { task, settings: { imageSize, preparation }, classes }: Project,
  own: VitArchitecture,
): {
  readonly architecture: VitArchitecture;
  readonly atOnce: number;
  readonly outlines: boolean;
  readonly classes: number;
} {
  const outlines = task === 'segmentation';
  const side = imageSize ?? (outlines ? sideFor({ architecture: own }) : own.imageSize);
  const channels = channelsOf(preparationOf(preparation));
  const architecture = { ...own, imageSize: side, channels };
  const atOnce = imagesAtOnce(openExecutor('cpu'), { architecture });
  return { architecture, atOnce, outlines, classes: classes.length };
}

/**
 * Throws if a measurement would exceed the memory.
 *
 * @throws UserError 'too-large'
 */
function requireMemory(architecture: VitArchitecture, atOnce: number, outlines: boolean): void {
  const needed = measuringMemory(architecture, atOnce, outlines);
  const memory = totalmem();
  if (needed <= memory) return;
  const { imageSize } = architecture;
  throw new UserError(
    'too-large',
    workspaceTeacherText.tooMuchMemory(imageSize),
    workspaceTeacherText.memoryNeeded({ needed, memory }),
  );
}

/** Replaces errors of the runtime, which the user cannot act on, by advice. */
function unmeasured(error: unknown, { imageSize }: SpeedRequest): unknown {
  const { code, message, details } = failureOf(error);
  if (code !== 'defect') return error;
  return new UserError(
    'unsupported',
    workspaceTeacherText.speedTestFailed(imageSize),
    details ?? message,
  );
}

function workloadOf(
  { images, learnt, tested, marked, classes }: Project,
  pixels: number,
  memory: number,
): Omit<Workload, 'atOnce' | 'outlines'> {
  return {
    images: images - tested - marked.unlabelled,
    labelled: learnt,
    tested,
    classes: classes.length,
    pixels,
    memory,
  };
}

/**
 * Returns the architecture of a teacher. The contract stores the activation as a string, which the file's reader has
 * validated.
 */
export function architectureOf({ description }: StoredTeacher): VitArchitecture {
  return description.architecture as VitArchitecture;
}

function describe(teacher: StoredTeacher): Omit<Teacher, 'isFetched'> {
  const { id, name, file, isBundled, training, suits, licence, description } = teacher;
  const architecture = architectureOf(teacher);
  const { imageSize, patchSize, width, heads, depth } = architecture;
  const one = parameterCount({ ...architecture, depth: 1 });
  const two = parameterCount({ ...architecture, depth: 2 });
  const images = imagesAtOnce(openExecutor('cpu'), { architecture });
  return {
    id,
    name,
    file,
    isBundled,
    training,
    suits,
    licence,
    bytes: description.bytes,
    parameters: description.parameters,
    imageSize,
    patchSize,
    width,
    heads,
    depth,
    blockParameters: two - one,
    assumed: description.assumed,
    inferred: description.inferred,
    notes: description.notes,
    memoryNeeded: Math.round(trainingMemory(architecture, Math.ceil(depth / 2), images)),
    memoryFree: freemem(),
  };
}
