import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Failure, Run } from '../../contract/app.ts';
import { distillOptions } from '../../contract/jobs.ts';
import type { DistillOptions, JobEvent } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import type { Store } from '../../store/store.ts';
import { hasCheckpoint, removeCheckpoint } from '../checkpoint.ts';
import type { Dataset } from '../dataset.ts';
import type { DistillOutcome } from '../distill.ts';
import { failureOf } from '../worker-protocol.ts';
import { CurveKeeper } from './curve-keeper.ts';
import type { Emit } from './dispatch.ts';
import { projectDataset, runDataset } from './run-dataset.ts';
import { performInWorker, WorkerDied } from './worker-process.ts';

/** Of choices by chance: runs of one project are to be compared. */
const seed = 0;
/** Workers that die without a step in between, before a run is given up. */
const patience = 3;
/** How long a worker of an engine that died may still hold the run's folder, ms. */
const takeOverTime = 30_000;

/** The run at work. */
interface ActiveRun {
  readonly id: number;
  readonly controller: AbortController;
  readonly enough: AbortController;
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
  #active: ActiveRun | undefined;
  #isClosing = false;

  constructor(store: Store, emit: Emit) {
    this.#store = store;
    this.#emit = emit;
  }

  /** Takes up what was interrupted when the process before this one ended. */
  recover(): void {
    try {
      for (const run of this.#store.runs.interrupted()) {
        this.#store.runs.update(run.id, { state: 'queued' });
      }
    } catch (error) {
      // On a full disk one can still look and save.
      console.error(error);
      return;
    }
    this.#next();
  }

  /** @throws UserError with what is missing */
  start(project: number): Run {
    const found = this.#store.projects.get(project);
    const { teacher } = found.settings;
    if (teacher === null) {
      throw new UserError('invalid-option', `Choose a teacher for ${found.name} first.`);
    }
    projectDataset(this.#store, found, seed);
    // Relative, so that a workspace may be moved.
    const folder = (id: number): string => `runs/${id}`;
    const { settings } = found;
    const run = this.#store.runs.create({ project, teacher, settings, folder });
    this.#emit('run.changed', run);
    this.#next();
    return this.#store.runs.get(run.id);
  }

  /** Stops with a checkpoint. */
  async pause(id: number): Promise<Run> {
    const run = this.#store.runs.get(id);
    if (this.#active?.id === id) await this.#stop(this.#active, 'pause');
    else if (run.state === 'queued') this.#change(id, { state: 'paused' });
    return this.#store.runs.get(id);
  }

  /** Ends the training here: the student gets its head and is measured with what it has learnt. */
  finish(id: number): Run {
    if (this.#active?.id === id) this.#active.enough.abort();
    return this.#store.runs.get(id);
  }

  /** Before a project goes: none of its runs may be at work. */
  async pauseProject(project: number): Promise<void> {
    const waiting = (): Run | undefined =>
      this.#store.runs.interrupted().find((run) => run.project === project);
    // While one is paused another may begin.
    for (let run = waiting(); run; run = waiting()) await this.pause(run.id);
  }

  /** Goes on from the checkpoint, or from the start where there is none. */
  resume(id: number): Run {
    const { state } = this.#store.runs.get(id);
    if (state === 'paused' || state === 'failed') {
      this.#change(id, { state: 'queued', error: null });
      this.#next();
    }
    return this.#store.runs.get(id);
  }

  /** Stops and forgets what was learnt. */
  async cancel(id: number): Promise<void> {
    const { project } = this.#store.runs.get(id);
    const folder = folderOfRun(this.#store, id);
    if (this.#active?.id === id) await this.#stop(this.#active, 'cancel');
    this.#store.runs.remove(id);
    await rm(folder, { recursive: true, force: true });
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

  #next(): void {
    if (this.#active || this.#isClosing) return;
    const [run] = this.#store.runs.interrupted();
    if (!run) return;
    const controller = new AbortController();
    const enough = new AbortController();
    const active = { id: run.id, controller, enough, ended: Promise.resolve() };
    this.#active = active;
    // Its state changes before this returns: an answer that still said `queued` would come after the event.
    active.ended = this.#perform(run, controller.signal);
  }

  async #stop(active: ActiveRun, wish: 'pause' | 'cancel'): Promise<void> {
    active.wish = wish;
    active.controller.abort();
    await active.ended;
  }

  async #perform(run: Run, signal: AbortSignal): Promise<void> {
    try {
      this.#change(run.id, { state: 'running' });
      await this.#distil(run, signal);
    } catch (error) {
      this.#endSafely(run.id, failureOf(error));
    } finally {
      this.#active = undefined;
      this.#next();
    }
  }

  /** Where not even that can be written, the next start finds the run as it was. */
  #endSafely(id: number, error: Failure): void {
    try {
      this.#end(id, error);
    } catch (second) {
      console.error(error.message, second);
    }
  }

  /** What becomes of a run that did not reach its end. */
  #end(id: number, error: Failure): void {
    const wish = this.#active?.wish;
    // The caller removes it; until then it must not be taken for one to go on with.
    if (wish === 'cancel') this.#store.runs.update(id, { state: 'paused' });
    else if (wish === 'pause') this.#change(id, { state: 'paused' });
    else if (error.code !== 'cancelled') this.#change(id, { state: 'failed', error });
    // Else the engine ends: the state stays `running`, and the next start takes it up.
  }

  async #distil(run: Run, signal: AbortSignal): Promise<void> {
    const { teacher } = this.#store.runs.files(run.id);
    const folder = folderOfRun(this.#store, run.id);
    if (teacher === null) {
      throw new UserError('not-found', `The teacher ${run.teacherName} was removed.`);
    }
    const { file } = this.#store.teachers.get(teacher);
    const project = this.#store.projects.get(run.project);
    const { dataset, ids } = await runDataset(this.#store, project, seed, folder);
    const curve = new CurveKeeper(this.#store, this.#emit, run, ids);
    const options = { run, file, folder };
    const persisted = this.#persist(options, signal, curve, dataset);
    // Also of a run that is paused or fails.
    const outcome = await persisted.finally(() => {
      curve.flush();
    });
    this.#keep(run.id, outcome, ids);
    await removeCheckpoint(folder);
  }

  /** Runs workers until one has the outcome. */
  async #persist(
    { run, file, folder }: { run: Run; file: string; folder: string },
    signal: AbortSignal,
    curve: CurveKeeper,
    dataset: Dataset,
  ): Promise<DistillOutcome> {
    const start = performance.now();
    let deaths = 0;
    for (;;) {
      const resume = await hasCheckpoint(folder);
      const options = optionsOf(run, file, folder, resume);
      curve.begin();
      try {
        const task = { kind: 'distill', options, dataset } as const;
        const note = (event: JobEvent): void => {
          curve.note(event);
        };
        const enough = this.#active?.enough.signal;
        const result = await performInWorker(task, signal, note, enough);
        if (result.kind !== 'distill') throw new Error('the worker answered another task');
        return result.outcome;
      } catch (error) {
        const isHeld = error instanceof UserError && error.code === 'in-use';
        if (isHeld && performance.now() - start < takeOverTime && !signal.aborted) {
          await wait(1000);
          continue;
        }
        if (!(error instanceof WorkerDied) || signal.aborted) throw error;
        deaths = curve.progressed > 0 ? 1 : deaths + 1;
        if (deaths >= patience) throw error;
      }
    }
  }

  #keep(id: number, { summary, answers }: DistillOutcome, ids: ReadonlyMap<string, number>): void {
    this.#store.transaction(() => {
      this.#store.records.replacePredictions(
        id,
        answers.flatMap(({ path, truth, teacher, copy, student }) => {
          const image = ids.get(path);
          if (image === undefined) return [];
          return [
            {
              image,
              truth: [...truth],
              teacher: [...teacher],
              copy: [...copy],
              student: [...student],
            },
          ];
        }),
      );
      this.#store.runs.update(id, { state: 'done', step: summary.steps, summary, error: null });
    });
    this.#emit('run.changed', this.#store.runs.get(id));
  }

  #change(id: number, change: Parameters<Store['runs']['update']>[1]): void {
    this.#emit('run.changed', this.#store.runs.update(id, change));
  }
}

/** Where a run's files lie. */
export function folderOfRun(store: Store, run: number): string {
  return resolve(store.folder, store.runs.files(run).folder);
}

function optionsOf(
  { settings }: Run,
  teacher: string,
  out: string,
  resume: boolean,
): DistillOptions {
  const { skip, rank, steps, batch, views, start, orientation } = settings;
  const choices = { skip, rank, steps, batch, views, start, orientation };
  return distillOptions.parse({ ...choices, teacher, out, resume, seed });
}
