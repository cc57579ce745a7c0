import type { Project, ProjectSettings, Run } from '../../../contract/app.ts';
import type { DistillOptions } from '../../../contract/jobs.ts';
import type { DistillSummary } from '../../../contract/results.ts';
import type { Store } from '../../../store/store.ts';
import type { DistillOutcome, FrozenData } from '../../tasks/tasks.ts';

/** Input of a run's worker, and how its outcome is stored. */
export interface RunInput {
  /** Image ids by `placeName`. */
  readonly ids: ReadonlyMap<string, number>;
  readonly data: FrozenData;
  /**
   * Stores an outcome in the workspace together with the end of the run.
   *
   * @throws UserError 'disk', 'cancelled'
   */
  keep(outcome: DistillOutcome): Promise<void>;
}

/** A run of a project, as a task sees it. */
export interface BegunRun {
  readonly store: Store;
  readonly project: Project;
  readonly run: Run;
  /** Folder of the run. */
  readonly folder: string;
  /** Side of the teacher's patches, px. */
  readonly patchSize: number;
}

/** Task-specific parts of a run; `run-tasks` has the table. */
export interface RunTask {
  /**
   * Notes for the user before a run begins.
   *
   * @throws UserError with what is missing
   */
  check(store: Store, project: Project, patchSize: number): Promise<readonly string[]>;
  /** Options of a distillation from the settings specific to the task. */
  options(settings: ProjectSettings): Partial<DistillOptions>;
  /**
   * Input of a run, frozen at its start.
   *
   * @throws UserError if there is not enough training data, or the frozen data is missing
   */
  input(begun: BegunRun, signal: AbortSignal): Promise<RunInput>;
}

/** Ends a run; called in the transaction that stores its results. */
export function endRun(
  store: Store,
  run: number,
  summary: DistillSummary,
  measured: readonly { readonly image: number }[],
): void {
  // If some test images could not be read, the result covers only the others.
  store.testSets.narrow(
    run,
    measured.map(({ image }) => image),
  );
  store.runs.update(run, { state: 'done', step: summary.steps, summary, error: null });
}

export function wrongTask(): Error {
  return new Error('the worker answered another task');
}
