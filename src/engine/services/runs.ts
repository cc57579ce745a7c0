import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from '../../contract/app.ts';
import type { DeviceName, JobEvent } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import type { StoredTeacher } from '../../store/queries/teachers.ts';
import type { Store } from '../../store/store.ts';
import { removeOwnFolder } from '../../store/workspace-files.ts';
import { checkpointProgress, hasCheckpoint, removeCheckpoint } from '../checkpoint.ts';
import { failureOf } from '../worker-protocol.ts';
import type { WorkerResult } from '../worker-protocol.ts';
import type { WorkspaceOrigin } from '../workspace-origin.ts';
import { CurveKeeper } from './curve-keeper.ts';
import type { DeviceService } from './devices.ts';
import type { Emit } from './dispatch.ts';
import { checkRun } from './run-checks.ts';
import { optionsOf, runInput } from './run-inputs.ts';
import type { RunInput } from './run-inputs.ts';
import { elsewhereFailure, hungFailure, silentFailure } from './run-failures.ts';
import { RunStates } from './run-states.ts';
import type { Patience } from './silence.ts';
import { performInWorker, WorkerDied, WorkerHung } from './worker-process.ts';

/** Workers that die without a step in between, before a run is given up. */
const patience = 3;
/** How long a worker of an engine that died may still hold the run's folder, ms. */
const takeOverTime = 30_000;

/** The run at work. */
interface ActiveRun {
  readonly id: number;
  readonly controller: AbortController;
  readonly enough: AbortController;
  /** Ends the worker without waiting for it. */
  readonly kill: AbortController;
  ended: Promise<void>;
  /** What becomes of the run once it has stopped; without a wish it was the engine's end. */
  wish?: 'pause' | 'cancel';
}

/**
 * Runs of all projects: one after the other, each in a process of its own. A worker that dies is started
 * again from its last checkpoint, and so is a run whose engine died.
 */
export class RunService {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #devices: DeviceService;
  readonly #states: RunStates;
  readonly #patience: Patience | undefined;
  #active: ActiveRun | undefined;
  #isClosing = false;

  /** @param patience with workers; as it should be unless a test has less */
  constructor(store: Store, emit: Emit, devices: DeviceService, patience?: Patience) {
    this.#store = store;
    this.#emit = emit;
    this.#devices = devices;
    this.#states = new RunStates(store, emit);
    this.#patience = patience;
  }

  /** @throws UserError 'not-found' */
  get(id: number): Run {
    return this.#states.get(id);
  }

  /** A project's runs, the latest first. */
  list(project: number): Run[] {
    return this.#states.list(project);
  }

  /**
   * Takes up what was interrupted when the process before this one ended. In a workspace that came from elsewhere
   * nothing starts without a person: its rows are somebody else's.
   */
  recover(origin: WorkspaceOrigin): void {
    for (const { id } of this.#store.runs.interrupted()) {
      if (origin === 'elsewhere') {
        this.#states.note(id, { state: 'paused', error: elsewhereFailure });
        continue;
      }
      try {
        this.#states.change(id, { state: 'queued' });
      } catch (error) {
        // On a full disk one can still look and save, and go on by hand.
        this.#states.note(id, { state: 'failed', error: failureOf(error) });
      }
    }
    this.#next();
  }

  /** What a run would meet now. @throws UserError with what is missing */
  async check(project: number): Promise<{ notes: string[] }> {
    return { notes: await checkRun(this.#store, this.#store.projects.get(project)) };
  }

  /** @throws UserError with what is missing */
  async start(project: number): Promise<Run> {
    const found = this.#store.projects.get(project);
    const { teacher } = found.settings;
    await checkRun(this.#store, found);
    const { settings } = found;
    const run = this.#store.runs.create({ project, teacher: teacher ?? 0, settings });
    this.#emit('run.changed', run);
    this.#next();
    return this.get(run.id);
  }

  /** Stops with a checkpoint; a worker that does not answer is ended after a while. */
  async pause(id: number): Promise<Run> {
    const run = this.get(id);
    if (this.#active?.id === id) await this.#stop(this.#active, 'pause');
    else if (run.state === 'queued') this.#states.change(id, { state: 'paused' });
    return this.get(id);
  }

  /** Ends the training here: the student gets its head and is measured with what it has learnt. */
  async finish(id: number): Promise<Run> {
    const active = this.#active;
    if (active?.id === id) {
      // Also for the worker after this one, where this one is paused or dies.
      const folder = folderOfRun(this.#store, id);
      await makeFolder(folder, this.#store.folder);
      await writeFileAtomically(enoughFile(folder), new Uint8Array());
      active.enough.abort();
    }
    return this.get(id);
  }

  /** Before a project goes: none of its runs may be at work, nor need they keep what they learn. */
  async endProject(project: number): Promise<void> {
    const waiting = (): Run | undefined =>
      this.#states.waiting().find((run) => run.project === project);
    // While one is paused another may begin.
    for (let run = waiting(); run; run = waiting()) {
      if (this.#active?.id === run.id) this.#active.kill.abort();
      await this.pause(run.id);
    }
  }

  /**
   * Goes on from the checkpoint, or from the start where there is none. One that failed before it had learnt
   * anything begins anew with the project as it is now: it may be its settings or its labels that were put right.
   *
   * @throws UserError as `start`, where it begins anew
   */
  async resume(id: number): Promise<Run> {
    if (this.get(id).state === 'failed' && !(await hasCheckpoint(folderOfRun(this.#store, id)))) {
      await this.#renew(id);
    }
    const { state } = this.get(id);
    if (state === 'paused' || state === 'failed') {
      this.#states.change(id, { state: 'queued', error: null });
      this.#next();
    }
    return this.get(id);
  }

  async #renew(id: number): Promise<void> {
    const project = this.#store.projects.get(this.get(id).project);
    await checkRun(this.#store, project);
    await removeOwnFolder(this.#store.folder, this.#store.runs.files(id).folder);
    const { settings } = project;
    // Another request may have taken it up meanwhile.
    if (this.get(id).state !== 'failed' || settings.teacher === null) return;
    this.#store.runs.renew(id, { teacher: settings.teacher, settings });
  }

  /** Stops and forgets what was learnt. */
  async cancel(id: number): Promise<void> {
    const { project } = this.#store.runs.get(id);
    const [folder] = this.#store.runs.ownFolders(project, id);
    if (this.#active?.id === id) await this.#stop(this.#active, 'cancel');
    this.#states.remove(id);
    // A folder that is not the run's own belongs to somebody else and stays.
    if (folder !== undefined) await removeOwnFolder(this.#store.folder, folder);
    this.#store.testSets.release(project);
    this.#emit('run.removed', { run: id, project });
    this.#emit('project.changed', { project });
  }

  /** Stops the run at work, with a checkpoint, to go on at the next start. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#active) {
      this.#active.controller.abort();
      await this.#active.ended;
    }
  }

  /** Ends the run at work at once, where nothing can be kept any more; its last checkpoint is as it was. */
  abandon(): void {
    this.#isClosing = true;
    this.#active?.controller.abort();
    this.#active?.kill.abort();
  }

  #next(): void {
    if (this.#active || this.#isClosing) return;
    const [run] = this.#states.waiting();
    if (!run) return;
    const controller = new AbortController();
    const enough = new AbortController();
    const kill = new AbortController();
    const active = { id: run.id, controller, enough, kill, ended: Promise.resolve() };
    this.#active = active;
    // Its state changes before this returns: an answer that still said `queued` would come after the event.
    active.ended = this.#perform(run, controller.signal);
  }

  async #stop(active: ActiveRun, wish: 'pause' | 'cancel'): Promise<void> {
    active.wish = wish;
    active.controller.abort();
    // Nothing is to be kept, so nothing is waited for.
    if (wish === 'cancel') active.kill.abort();
    await active.ended;
  }

  async #perform(run: Run, signal: AbortSignal): Promise<void> {
    try {
      this.#states.change(run.id, { state: 'running', error: null });
      await this.#distil(run, signal);
    } catch (error) {
      await this.#end(run.id, error);
    } finally {
      this.#active = undefined;
      this.#next();
    }
  }

  /** What becomes of a run that did not reach its end. */
  async #end(id: number, error: unknown): Promise<void> {
    const wish = this.#active?.wish;
    const failure = error instanceof WorkerHung ? hungFailure(error.silentMs) : failureOf(error);
    const isAsked = failure.code === 'cancelled' || this.#active?.kill.signal.aborted === true;
    // The engine ends: the state stays `running`, and the next start takes it up.
    if (wish === undefined && (isAsked || error instanceof WorkerHung)) return;
    // What was learnt since the last checkpoint is lost where it could not be kept.
    const step = await this.#keptStep(id);
    const change = { error: isAsked ? null : failure, ...(step !== undefined && { step }) };
    // One that is cancelled is removed by the caller; until then it must not be taken up again.
    this.#states.note(id, { state: wish === undefined ? 'failed' : 'paused', ...change });
  }

  async #keptStep(id: number): Promise<number | undefined> {
    try {
      return (await checkpointProgress(folderOfRun(this.#store, id)))?.step;
    } catch (error) {
      console.error(error);
      return undefined;
    }
  }

  async #distil(run: Run, signal: AbortSignal): Promise<void> {
    const { teacher } = this.#store.runs.files(run.id);
    const folder = folderOfRun(this.#store, run.id);
    if (teacher === null) {
      throw new UserError('not-found', `The teacher ${run.teacherName} was removed.`);
    }
    const stored = this.#store.teachers.get(teacher);
    const input = await runInput(this.#store, run, teacher, folder, signal);
    // Its first run freezes a project's test set.
    this.#emit('project.changed', { project: run.project });
    if (run.device === null) {
      this.#states.change(run.id, await this.#chooseDevice(run, teacher, signal));
    }
    const curve = new CurveKeeper(this.#store, this.#emit, run, input.ids);
    const options = { run, teacher: stored, folder };
    const persisted = this.#persist(options, signal, curve, input);
    // Also of a run that is paused or fails.
    const result = await persisted.finally(() => {
      curve.flush();
    });
    await input.keep(result);
    this.#emit('run.changed', this.#store.runs.get(run.id));
    await removeCheckpoint(folder);
    await rm(enoughFile(folder), { force: true });
  }

  /** Where nothing can be chosen the processor will do, with the reason. @throws UserError 'cancelled' */
  async #chooseDevice(
    run: Run,
    teacher: number,
    signal: AbortSignal,
  ): Promise<{ device: DeviceName; deviceNote?: string }> {
    const project = { ...this.#store.projects.get(run.project), settings: run.settings };
    try {
      return { device: await this.#devices.choose(project, teacher, signal) };
    } catch (error) {
      if (signal.aborted) throw new UserError('cancelled', 'Stopped.');
      if (error instanceof UserError) return { device: 'cpu', deviceNote: error.message };
      console.error(error);
      return { device: 'cpu' };
    }
  }

  /** Runs workers until one has the outcome. */
  async #persist(
    { run, teacher, folder }: { run: Run; teacher: StoredTeacher; folder: string },
    signal: AbortSignal,
    curve: CurveKeeper,
    input: RunInput,
  ): Promise<WorkerResult> {
    const start = performance.now();
    let deaths = 0;
    let unwritten: unknown;
    for (;;) {
      const resume = await hasCheckpoint(folder);
      if (await exists(enoughFile(folder))) this.#active?.enough.abort();
      const device = this.#states.get(run.id).device ?? 'cpu';
      const options = { ...optionsOf(run, this.#store, teacher, folder, resume), device };
      curve.begin();
      try {
        return await performInWorker(input.task(options), signal, {
          report: (event: JobEvent) => {
            try {
              if (event.type === 'device' && event.reason !== null) {
                this.#states.change(run.id, { device: event.device, deviceNote: event.reason });
              }
              curve.note(event);
            } catch (error) {
              unwritten = error;
              throw error;
            }
          },
          silent: (silentMs) => {
            const error = silentMs === null ? null : silentFailure(silentMs);
            this.#states.note(run.id, { error });
          },
          enough: this.#active?.enough.signal,
          kill: this.#active?.kill.signal,
          patience: this.#patience,
        });
      } catch (error) {
        if (error === unwritten) throw error;
        const isHeld = error instanceof UserError && error.code === 'in-use';
        if (isHeld && performance.now() - start < takeOverTime && !signal.aborted) {
          await wait(1000);
          continue;
        }
        if (!(error instanceof WorkerDied) || signal.aborted) throw error;
        if (device !== 'cpu') {
          const deviceNote = `The process that computed on ${device} was ended, as a faulty driver can do. The processor goes on in its place.`;
          this.#states.change(run.id, { device: 'cpu', deviceNote });
          continue;
        }
        deaths = curve.progressed > 0 ? 1 : deaths + 1;
        if (deaths >= patience) throw error;
      }
    }
  }
}

/** Says that what the run has learnt is enough. */
function enoughFile(folder: string): string {
  return join(folder, 'enough');
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/** Where a run's files lie. @throws UserError 'invalid-file' where the database names another folder */
export function folderOfRun(store: Store, run: number): string {
  return resolve(store.folder, store.runs.files(run).folder);
}
