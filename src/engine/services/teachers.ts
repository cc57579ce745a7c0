import { freemem, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { Project, StudentEstimate, Teacher } from '../../contract/app.ts';
import { precisionOn } from '../../contract/jobs.ts';
import type { TeacherDescription } from '../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import type { Card } from '../../contract/catalogue.ts';
import { trainingMemory } from '../../core/distill/memory.ts';
import { channelsOf, preparationOf } from '../../core/image/preparation.ts';
import { UserError } from '../../core/errors.ts';
import { parameterCount } from '../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { unlessAborted } from '../../formats/unless-aborted.ts';
import type { NewTeacher, StoredTeacher } from '../../store/queries/teachers.ts';
import type { Store } from '../../store/store.ts';
import { cardOfFile, deleteCard } from '../catalogue/card-folder.ts';
import { cardOfHash } from '../catalogue/cards.ts';
import type { FoundDevice } from '../devices/list-devices.ts';
import { openExecutor } from '../devices/open-executor.ts';
import { undisturbed } from '../other-work.ts';
import { machineSpeed, measuringMemory, timeOf } from '../speed.ts';
import type { MachineSpeed, SpeedRequest } from '../speed.ts';
import { sideFor } from '../segmentation/distill-outlines.ts';
import { inspectTeacher, teacherName, teacherStamp } from '../teacher.ts';
import type { ImagePool } from '../image-pool/image-pool.ts';
import type { CheckRequest } from '../teacher-check.ts';
import { imagesAtOnce } from '../training.ts';
import { failureOf } from '../worker-protocol.ts';
import { estimateStudents, machineKey } from './estimates.ts';
import type { Workload } from './estimates.ts';
import { performInWorker, WorkerDied } from './worker-process.ts';
import { bundledTeacher } from '../bundled-teacher.ts';

/** What is known of a teacher beyond its file; without a name it is called after that. */
type Background = Pick<NewTeacher, 'training' | 'suits' | 'licence' | 'isBundled'> &
  Partial<Pick<NewTeacher, 'name'>>;

const bundledBackground: Background = {
  training: 'EuroSAT satellite tiles, BCCD blood cells and MedNIST radiographs',
  suits:
    'the sample and first steps with small images; for real work bring a larger one of your field',
  licence: 'MIT',
  isBundled: true,
};
const unknownBackground: Background = {
  training: null,
  suits: null,
  licence: null,
  isBundled: false,
};

/** What the catalogue says of a teacher. */
export function backgroundOf({ name, training, suits, licence }: Card): Background {
  return { name, training, suits, licence, isBundled: false };
}

/** What a measurement is of, besides the teacher. */
type Measured = Omit<SpeedRequest, 'teacher'>;

/** What is estimated of a run on a device. */
export interface Estimate {
  readonly students: StudentEstimate[];
  /** In a training step of a student of so many blocks. */
  readonly imagesPerSecond: (blocks: number) => number;
}

/** After which a measurement is given up, ms; one on a processor beside much other work takes a minute. */
const patienceMs = 300_000;
/** How long it is used all the same, ms: the machine is likely to be as busy. */
const recent = 120_000;
/** How long a device that did not get through a measurement is left alone, ms. */
const forgiven = 600_000;

/** Teachers of a workspace, and how fast this machine is with them. */
export class TeacherService {
  readonly #store: Store;
  readonly #pool: ImagePool | undefined;
  /** Measurements at work, by teacher and machine, so that none is made twice. */
  readonly #measuring = new Map<string, Promise<MachineSpeed>>();
  /** Devices that did not get through one, by teacher and machine. */
  readonly #failed = new Map<string, { readonly error: UserError; readonly at: number }>();
  /** Measurements that other work disturbed, by teacher and machine. */
  readonly #disturbed = new Map<string, { readonly speed: MachineSpeed; readonly at: number }>();

  /** @param pool its threads read what a person brings; none where the process has nothing else to do */
  constructor(store: Store, pool?: ImagePool) {
    this.#store = store;
    this.#pool = pool;
  }

  /** Puts the bundled teacher where it belongs and returns its id. */
  async ensureBundled(): Promise<number> {
    const description = await inspectTeacher(bundledTeacher, {});
    const name = 'ViT-Tiny, bundled';
    const teacher = {
      name,
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
   * Tries a teacher on a few images and takes it in. The same file again changes what is known of it.
   *
   * @param overrides what a person knows better than the file
   * @param background by default what the catalogue says of a file of this content, or what is known of it already
   * @throws UserError when the file is no usable vision transformer, or seems to be another than it was taken for;
   * 'too-large', 'cancelled', 'invalid-option' where the bundled teacher is to be corrected
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
    // What was brought by hand for a card, whose content nobody knows, stays that card's.
    const kept = known && known.training !== null ? known : unknownBackground;
    const said = background ?? (card ? backgroundOf(card) : kept);
    const { training, suits, licence, isBundled, name = teacherName(path) } = said;
    const teacher = { name, file: path, description, overrides };
    return this.#describe(
      this.#store.teachers.upsert({ ...teacher, training, suits, licence, isBundled }),
    );
  }

  /**
   * Takes a teacher from the list, and deletes what was fetched for it. A file that a person brought stays.
   *
   * @throws UserError 'in-use' while a run that is not done needs it, 'invalid-option', 'disk'
   */
  async remove(id: number): Promise<void> {
    const { folder, teachers, fetched } = this.#store;
    const { file, isBundled } = teachers.get(id);
    if (isBundled) {
      throw new UserError('invalid-option', 'The bundled teacher belongs to the program.');
    }
    teachers.remove(id);
    const card = cardOfFile(folder, file);
    // Of another content there may have been a teacher under the same name.
    if (card === undefined || teachers.list().some((other) => other.file === file)) return;
    fetched.remove(card.id);
    await deleteCard(card, folder);
  }

  /**
   * Students by skip factor, with the time that a run of the project would take on a device.
   *
   * @throws UserError 'device' where there is no such device or it fails, 'too-large', 'unsupported'
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
      imagesPerSecond: (blocks) => 1 / timeOf(speed.step, blocks),
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
    if (failed && performance.now() - failed.at < forgiven) throw failed.error;
    let measuring = this.#measuring.get(key);
    if (measuring === undefined) {
      measuring = this.#measure(id, { teacher: file, overrides, ...measured }, machine);
      this.#measuring.set(key, measuring);
      const forget = (): boolean => this.#measuring.delete(key);
      // Also where whoever asked first does not wait for the end.
      measuring.then(forget, forget);
    }
    return unlessAborted(measuring, signal);
  }

  async #measure(id: number, request: SpeedRequest, machine: string): Promise<MachineSpeed> {
    const task = { kind: 'speed', request } as const;
    const kill = AbortSignal.timeout(patienceMs);
    const result = await performInWorker(task, new AbortController().signal, {
      report: () => undefined,
      // What a driver that is not there writes is none of a person's business.
      isMuted: request.device !== 'cpu',
      kill,
    }).catch((error: unknown) => {
      if (request.device === 'cpu') throw unmeasured(error, request);
      const { message, details } = failureOf(error);
      const reason = kill.aborted ? 'It did not get through a trial in time.' : message;
      const failure = new UserError('device', reason, details);
      this.#failed.set(`${id} ${machine}`, { error: failure, at: performance.now() });
      throw failure;
    });
    if (result.kind !== 'speed') throw new Error('the worker answered another task');
    const { speed, free } = result.measurement;
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
    throw new UserError(
      'invalid-option',
      'This is the teacher that comes with Understudy: it is read as it was made, and not corrected.',
    );
  }

  /** What was measured a moment ago beside other work. */
  #recent(key: string): MachineSpeed | undefined {
    const found = this.#disturbed.get(key);
    return found && performance.now() - found.at < recent ? found.speed : undefined;
  }
}

/** What was tried is not what was read of it before. */
function replaced(path: string): UserError {
  return new UserError(
    'invalid-file',
    `${path} was changed, or replaced by another file, while it was tried. Bring it in again once it stays as it is.`,
  );
}

/** In a process of its own: a large teacher may take more memory than there is. @throws as `checkTeacher` */
async function tryTeacher(request: CheckRequest, signal: AbortSignal): Promise<void> {
  const watch = { report: () => undefined };
  await performInWorker({ kind: 'check', request }, signal, watch).catch((error: unknown) => {
    if (!(error instanceof WorkerDied)) throw error;
    throw new UserError(
      'too-large',
      `Trying ${request.file} ended without a word, most likely for want of memory. Close other programs, or choose a smaller teacher.`,
    );
  });
}

/** What of a run decides how much it needs. */
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

/** A measurement must not take all that there is. @throws UserError 'too-large' */
function requireMemory(architecture: VitArchitecture, atOnce: number, outlines: boolean): void {
  const needed = measuringMemory(architecture, atOnce, outlines);
  const memory = totalmem();
  if (needed <= memory) return;
  const { imageSize } = architecture;
  throw new UserError(
    'too-large',
    `An input of ${imageSize} px needs more memory than this computer has. Choose a smaller side.`,
    `about ${Math.round(needed / 1e6)} MB of ${Math.round(memory / 1e6)} MB`,
  );
}

/** What the runtime says of what it cannot do is nothing that a person can act on. */
function unmeasured(error: unknown, { imageSize }: SpeedRequest): unknown {
  const { code, message, details } = failureOf(error);
  if (code !== 'defect') return error;
  const size = imageSize === undefined ? '' : ` with an input of ${imageSize} px`;
  return new UserError(
    'unsupported',
    `This computer did not get through a trial${size}: a run may fail as well. Choose a smaller side, or try again when less else is at work.`,
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
    ...{ tested, classes: classes.length, pixels, memory },
  };
}

/** The contract writes the activation as text; the file's reader has made sure that it is one. */
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
    ...{ id, name, file, isBundled, training, suits, licence },
    bytes: description.bytes,
    parameters: description.parameters,
    ...{ imageSize, patchSize, width, heads, depth },
    blockParameters: two - one,
    ...{ assumed: description.assumed, inferred: description.inferred },
    notes: description.notes,
    memoryNeeded: Math.round(trainingMemory(architecture, Math.ceil(depth / 2), images)),
    memoryFree: freemem(),
  };
}
