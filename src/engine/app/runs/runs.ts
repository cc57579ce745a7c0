import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Run } from '../../../contract/app.ts';
import type { DeviceName, JobEvent } from '../../../contract/jobs.ts';
import { UserError } from '../../../core/errors.ts';
import { makeFolder } from '../../../formats/files/make-folder.ts';
import { writeFileAtomically } from '../../../formats/files/write-file.ts';
import type { StoredTeacher } from '../../../store/queries/teachers.ts';
import type { Store } from '../../../store/store.ts';
import { removeOwnFolder } from '../../../store/workspace-files.ts';
import { checkpointProgress, hasCheckpoint, removeCheckpoint } from '../../distill/checkpoint.ts';
import type { WorkspaceOrigin } from '../../files/workspace-origin.ts';
import { CurveRecorder } from './curve-recorder.ts';
import type { DeviceService } from '../teachers/devices.ts';
import type { Emit } from '../../events.ts';
import { checkRun } from './run-checks.ts';
import { optionsOf } from './run-options.ts';
import type { RunInput } from './run-task.ts';
import { runTasks } from './run-tasks.ts';
import { elsewhereFailure, hungFailure, silentFailure } from './run-failures.ts';
import { RunStates } from './run-states.ts';
import type { SilenceLimits } from '../../worker/watchdog.ts';
import type { DistillOutcome } from '../../tasks/tasks.ts';
import { performInWorker, WorkerDied, WorkerHung } from '../../worker/worker-process.ts';
import { failureOf } from '../../failures.ts';
import { commonText, runText } from '../../../text/index.ts';

/** Consecutive worker crashes without progress before a run fails. */
const mostCrashes = 3;
/** Time for which a worker of a crashed engine may still lock the run's folder, ms. */
const longestHoldMs = 30_000;

/** The current run. */
interface ActiveRun {
  readonly id: number;
  readonly controller: AbortController;
  readonly enough: AbortController;
  /** Kills the worker without waiting for it. */
  readonly kill: AbortController;
  ended: Promise<void>;
  /** Action once the run has stopped; undefined if the engine is closing. */
  intent?: 'pause' | 'cancel';
}

/**
 * Runs of all projects: one at a time, each in a separate process. After a crash of the worker or of the engine, a
 * run is restarted from its last checkpoint.
 */
export class RunService {
  readonly #store: Store;
  readonly #emit: Emit;
  readonly #devices: DeviceService;
  readonly #states: RunStates;
  readonly #silenceLimits: SilenceLimits | undefined;
  #active: ActiveRun | undefined;
  #isClosing = false;

  /** @param silenceLimits limits on a worker's silence; tests set shorter ones */
  constructor(store: Store, emit: Emit, devices: DeviceService, silenceLimits?: SilenceLimits) {
    this.#store = store;
    this.#emit = emit;
    this.#devices = devices;
    this.#states = new RunStates(store, emit);
    this.#silenceLimits = silenceLimits;
  }

  /** @throws UserError 'not-found' */
  get(id: number): Run {
    return this.#states.get(id);
  }

  /** Runs of a project, the latest first. */
  list(project: number): Run[] {
    return this.#states.list(project);
  }

  /**
   * Resumes runs that were interrupted when the previous process ended. In a workspace from elsewhere nothing starts
   * without the user's consent: somebody else may have written its rows.
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
        // With a full disk the user can still view and save, and resume later.
        this.#states.note(id, { state: 'failed', error: failureOf(error) });
      }
    }
    this.#next();
  }

  /**
   * Checks a run in advance.
   *
   * @throws UserError with what is missing
   */
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

  /** Stops a run with a checkpoint; a worker that does not answer is killed after a while. */
  async pause(id: number): Promise<Run> {
    const run = this.get(id);
    if (this.#active?.id === id) await this.#stop(this.#active, 'pause');
    else if (run.state === 'queued') this.#states.change(id, { state: 'paused' });
    return this.get(id);
  }

  /** Ends training early: the head is trained and the student measured in its current state. */
  async finish(id: number): Promise<Run> {
    const active = this.#active;
    if (active?.id === id) {
      // The file also tells later workers, if this one is paused or crashes.
      const folder = folderOfRun(this.#store, id);
      await makeFolder(folder, this.#store.folder);
      await writeFileAtomically(enoughFile(folder), new Uint8Array());
      active.enough.abort();
    }
    return this.get(id);
  }

  /** Stops all runs of a project that is about to be removed; their progress does not have to be kept. */
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
   * Resumes a run from its checkpoint, or from the start if there is none. A run that failed without progress starts
   * with the project's current settings and labels, which may have been corrected.
   *
   * @throws UserError as `start`, if it starts from the beginning
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
    // Another request may have resumed it in the meantime.
    if (this.get(id).state !== 'failed' || settings.teacher === null) return;
    this.#store.runs.renew(id, { teacher: settings.teacher, settings });
  }

  /** Stops and deletes a run. */
  async cancel(id: number): Promise<void> {
    const { project } = this.#store.runs.get(id);
    const [folder] = this.#store.runs.ownFolders(project, id);
    if (this.#active?.id === id) await this.#stop(this.#active, 'cancel');
    this.#states.remove(id);
    // A folder outside the runs' own is not ours, and is kept.
    if (folder !== undefined) await removeOwnFolder(this.#store.folder, folder);
    this.#store.testSets.release(project);
    this.#emit('run.removed', { run: id, project });
    this.#emit('project.changed', { project });
  }

  /** Stops the current run with a checkpoint; the next start resumes it. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#active) {
      this.#active.controller.abort();
      await this.#active.ended;
    }
  }

  /** Kills the current run when nothing can be saved any more; its last checkpoint stays. */
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
    // The state changes before this returns: a response with `queued` would arrive after the event.
    active.ended = this.#perform(run, controller.signal);
  }

  async #stop(active: ActiveRun, intent: 'pause' | 'cancel'): Promise<void> {
    active.intent = intent;
    active.controller.abort();
    // Nothing is kept, so there is no need to wait.
    if (intent === 'cancel') active.kill.abort();
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

  /** Stores the final state of a run that did not complete. */
  async #end(id: number, error: unknown): Promise<void> {
    const intent = this.#active?.intent;
    const failure = error instanceof WorkerHung ? hungFailure(error.silentMs) : failureOf(error);
    const isAsked = failure.code === 'cancelled' || this.#active?.kill.signal.aborted === true;
    // The engine is closing: the state stays `running`, and the next start resumes it.
    if (intent === undefined && (isAsked || error instanceof WorkerHung)) return;
    // Progress since the last checkpoint may be lost.
    const step = await this.#keptStep(id);
    const change = { error: isAsked ? null : failure, ...(step !== undefined && { step }) };
    // A cancelled run is removed by the caller; until then it must not be resumed.
    this.#states.note(id, { state: intent === undefined ? 'failed' : 'paused', ...change });
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
      throw new UserError('not-found', runText.teacherRemoved(run.teacherName));
    }
    const stored = this.#store.teachers.get(teacher);
    const project = this.#store.projects.get(run.project);
    const { patchSize } = stored.description.architecture;
    const begun = { store: this.#store, project, run, folder, patchSize };
    const input = await runTasks[project.task].input(begun, signal);
    // The project's first run freezes the test set.
    this.#emit('project.changed', { project: run.project });
    if (run.device === null) {
      this.#states.change(run.id, await this.#chooseDevice(run, teacher, signal));
    }
    const curve = new CurveRecorder(this.#store, this.#emit, run, input.ids);
    const options = { run, teacher: stored, folder };
    const persisted = this.#persist(options, signal, curve, input);
    // Also if the run is paused or fails.
    const outcome = await persisted.finally(() => {
      curve.flush();
    });
    await input.keep(outcome);
    this.#emit('run.changed', this.#store.runs.get(run.id));
    await removeCheckpoint(folder);
    await rm(enoughFile(folder), { force: true });
  }

  /**
   * Chooses a device; if that fails, the processor, with the reason.
   *
   * @throws UserError 'cancelled'
   */
  async #chooseDevice(
    run: Run,
    teacher: number,
    signal: AbortSignal,
  ): Promise<{ device: DeviceName; deviceNote?: string }> {
    const project = { ...this.#store.projects.get(run.project), settings: run.settings };
    try {
      return { device: await this.#devices.choose(project, teacher, signal) };
    } catch (error) {
      if (signal.aborted) throw new UserError('cancelled', commonText.stopped);
      if (error instanceof UserError) return { device: 'cpu', deviceNote: error.message };
      console.error(error);
      return { device: 'cpu' };
    }
  }

  /** Runs workers until one returns the outcome. */
  async #persist(
    { run, teacher, folder }: { run: Run; teacher: StoredTeacher; folder: string },
    signal: AbortSignal,
    curve: CurveRecorder,
    input: RunInput,
  ): Promise<DistillOutcome> {
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
        const teacherOfRun = { name: teacher.name, sha256: teacher.description.sha256 };
        const task = { kind: 'distill', options, teacher: teacherOfRun, data: input.data } as const;
        const { outcome } = await performInWorker(task, signal, {
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
          silenceLimits: this.#silenceLimits,
        });
        return outcome;
      } catch (error) {
        if (error === unwritten) throw error;
        const isHeld = error instanceof UserError && error.code === 'in-use';
        if (isHeld && performance.now() - start < longestHoldMs && !signal.aborted) {
          await wait(1000);
          continue;
        }
        if (!(error instanceof WorkerDied) || signal.aborted) throw error;
        if (device !== 'cpu') {
          const deviceNote = runText.deviceCrashed(device);
          this.#states.change(run.id, { device: 'cpu', deviceNote });
          continue;
        }
        deaths = curve.progressed > 0 ? 1 : deaths + 1;
        if (deaths >= mostCrashes) throw error;
      }
    }
  }
}

/** Returns the marker file that ends a run's training early. */
function enoughFile(folder: string): string {
  return join(folder, 'enough');
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

/**
 * Returns the folder of a run's files.
 *
 * @throws UserError 'invalid-file' if the database names a folder outside the workspace
 */
export function folderOfRun(store: Store, run: number): string {
  return resolve(store.folder, store.runs.files(run).folder);
}
