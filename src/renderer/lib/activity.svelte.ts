import { hasEnded } from '../../contract/app.ts';
import type { EventOf, ImportReport, Params, Run } from '../../contract/app.ts';
import { call, listen } from './client.ts';
import { endedWork } from './ended-work.svelte.ts';
import { failureText } from './error-message.ts';
import { notices } from './notices.svelte.ts';
import { text } from '../text/index.ts';
import { importNotice } from './import-notice.ts';

type ImportChoices = Pick<Params<'image.import'>, 'labels' | 'masks' | 'watch'>;
type ImportProgress = EventOf<'import.progress'>;
type RunProgress = EventOf<'run.progress'>;

/** Progress of imports and runs in the background, independent of the current step. */
class Activity {
  /** Progress of the running import; there is at most one. */
  importing: ImportProgress | null = $state.raw(null);
  /** Latest progress event of the active run. */
  run: RunProgress | null = $state.raw(null);
  /** Seconds since the latest progress event. */
  waited = $state(0);
  #progressAt = performance.now();
  /** ID of the run whose training was asked to end early, until it ends. */
  finishing: number | null = $state(null);

  /** Notices about the training recipe by run ID, received since the window opened. */
  recipes: ReadonlyMap<number, readonly string[]> = $state.raw(new Map());

  #isAsked = false;
  /** Last reported state by run ID, so that no state is reported twice. */
  readonly #reported = new Map<number, Run['state']>();

  /** Starts listening to the engine's events; returns a function that stops it. */
  start(): () => void {
    const clock = setInterval(() => {
      if (this.run !== null) this.waited = (performance.now() - this.#progressAt) / 1000;
    }, 1000);
    const disposers = [
      () => {
        clearInterval(clock);
      },
      listen('import.progress', (progress) => {
        // No call here awaits this import (the sample's, or one from before a reload): its last image ends it.
        const isOver = !this.#isAsked && progress.done >= progress.total;
        this.importing = isOver ? null : progress;
      }),
      listen('run.progress', (progress) => {
        this.run = progress;
        this.#progressAt = performance.now();
        this.waited = 0;
        if (progress.phase !== 'distill') this.#endFinishing(progress.run);
      }),
      listen('run.changed', (run) => {
        this.#reportRun(run);
        const { id, state } = run;
        if (state === 'running') return;
        if (this.run?.run === id) this.run = null;
        this.#endFinishing(id);
      }),
      listen('run.notice', ({ run, message }) => {
        const known = this.recipes.get(run) ?? [];
        // A run that resumes from a checkpoint repeats its first notices.
        if (known.includes(message)) return;
        this.recipes = new Map([...this.recipes, [run, [...known, message]]]);
      }),
      listen('run.removed', ({ run }) => {
        if (this.run?.run === run) this.run = null;
        this.#endFinishing(run);
      }),
      listen('engine.state', ({ state }) => {
        if (!hasEnded(state)) return;
        this.run = null;
        this.importing = null;
        this.finishing = null;
      }),
    ];
    return () => {
      for (const dispose of disposers) dispose();
    };
  }

  /**
   * Imports the images of a folder; resolves when the import has finished or was cancelled.
   *
   * @param choices `watch` also imports images that are added to the folder later
   * @param again action of the "Try again" button if the import fails
   */
  async import(
    project: number,
    folder: string,
    choices: ImportChoices,
    again: () => void,
  ): Promise<ImportReport | null> {
    if (this.importing !== null) {
      notices.add('attention', text.images.busy);
      return null;
    }
    this.#isAsked = true;
    this.importing = { project, done: 0, total: 0, secondsLeft: null, skipped: 0 };
    try {
      const report = await call('image.import', { project, folder, ...choices });
      this.#reportImport(report, () => void this.import(project, folder, choices, again));
      return report;
    } catch (error) {
      const failure = failureText(error);
      if (failure !== null) {
        endedWork.report({
          project,
          kind: 'loss',
          step: 'images',
          open: text.ended.openImages,
          ...failure,
          action: { label: text.images.tryAgain, run: again },
        });
      }
      return null;
    } finally {
      this.#isAsked = false;
      this.importing = null;
    }
  }

  async stopImport(): Promise<void> {
    if (this.importing === null) return;
    try {
      await call('image.stopImport', { project: this.importing.project });
    } catch (error) {
      notices.fail(error);
    }
  }

  #endFinishing(run: number): void {
    if (this.finishing === run) this.finishing = null;
  }

  #reportImport(report: ImportReport, again: () => void): void {
    const { kind, message } = importNotice(report);
    const { project } = report;
    endedWork.report({
      project,
      kind,
      message,
      step: 'images',
      open: text.ended.openImages,
      action: report.lost > 0 ? { label: text.images.retry, run: again } : undefined,
    });
  }

  #reportRun(run: Run): void {
    const { id, state, project, error, summary } = run;
    const before = this.#reported.get(id);
    this.#reported.set(id, state);
    if (state === before || (state !== 'done' && state !== 'failed')) return;
    const words = text.ended;
    const student = text.common.student(
      summary?.student.blocks ?? 0,
      run.teacherBlocks,
      run.settings.skip,
    );
    endedWork.report(
      state === 'done'
        ? {
            project,
            run: id,
            kind: 'done',
            message: words.runDone(student),
            step: 'result',
            open: words.openResult,
            shownAt: ['distil', 'result'],
          }
        : {
            project,
            run: id,
            kind: 'loss',
            message: words.runFailed(error?.message ?? ''),
            details: error?.details,
            step: 'distil',
            open: words.openRun,
            shownAt: ['distil'],
          },
    );
  }
}

export const activity = new Activity();
