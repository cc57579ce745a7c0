import { hasEnded } from '../../contract/app.ts';
import type { EventOf, ImportReport, Params, Run } from '../../contract/app.ts';
import { call, listen } from './client.ts';
import { endedWork } from './ended-work.svelte.ts';
import { failureOf } from './failure-of.ts';
import { notices } from './notices.svelte.ts';
import { text } from '../text/index.ts';
import { importNotice } from './import-notice.ts';

type ImportChoices = Pick<Params<'image.import'>, 'labels' | 'masks' | 'watch'>;
type ImportProgress = EventOf<'import.progress'>;
type RunProgress = EventOf<'run.progress'>;

/** What works in the background, whichever step is in sight. */
class Activity {
  /** The import at work; only one at a time. */
  importing: ImportProgress | null = $state.raw(null);
  /** The latest news of the run at work. */
  run: RunProgress | null = $state.raw(null);
  /** The run that was asked to end its training, until it does. */
  finishing: number | null = $state(null);

  /** What was said of how the training of each run goes, since the window opened. */
  recipes: ReadonlyMap<number, readonly string[]> = $state.raw(new Map());

  #isAsked = false;
  /** Runs whose end was told, so that none is told twice. */
  readonly #told = new Map<number, Run['state']>();

  /** Listens from now on; returns a function that ends it. */
  start(): () => void {
    const disposers = [
      listen('import.progress', (progress) => {
        // One that nobody here waits for, the sample's or one from before a reload, ends with its last image.
        const isOver = !this.#isAsked && progress.done >= progress.total;
        this.importing = isOver ? null : progress;
      }),
      listen('run.progress', (progress) => {
        this.run = progress;
        if (progress.phase !== 'distill') this.#endFinishing(progress.run);
      }),
      listen('run.changed', (run) => {
        this.#tellRun(run);
        const { id, state } = run;
        if (state === 'running') return;
        if (this.run?.run === id) this.run = null;
        this.#endFinishing(id);
      }),
      listen('run.notice', ({ run, message }) => {
        const known = this.recipes.get(run) ?? [];
        // A run that goes on from a checkpoint says again how it began.
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
   * Brings in the images of a folder; resolves when all are there, or as many as it was let.
   *
   * @param choices `watch`: new images of the folder come in by themselves from then on
   * @param again offered where it fails
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
      this.#tell(report, () => void this.import(project, folder, choices, again));
      return report;
    } catch (error) {
      const failure = failureOf(error);
      if (failure !== null) {
        endedWork.tell({
          ...{ project, kind: 'loss', step: 'images', open: text.ended.openImages, ...failure },
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

  #tell(report: ImportReport, again: () => void): void {
    const { kind, message } = importNotice(report);
    const { project } = report;
    endedWork.tell({
      ...{ project, kind, message, step: 'images', open: text.ended.openImages },
      ...(report.lost > 0 && { action: { label: text.images.retry, run: again } }),
    });
  }

  #tellRun(run: Run): void {
    const { id, state, project, error, summary } = run;
    const before = this.#told.get(id);
    this.#told.set(id, state);
    if (state === before || (state !== 'done' && state !== 'failed')) return;
    const words = text.ended;
    const student = text.common.student(
      summary?.student.blocks ?? 0,
      run.teacherBlocks,
      run.settings.skip,
    );
    endedWork.tell(
      state === 'done'
        ? {
            ...{ project, run: id, kind: 'done', message: words.runDone(student) },
            ...{ step: 'result', open: words.openResult, shownAt: ['distil', 'result'] },
          }
        : {
            ...{ project, run: id, kind: 'loss', message: words.runFailed(error?.message ?? '') },
            ...{
              details: error?.details,
              step: 'distil',
              open: words.openRun,
              shownAt: ['distil'],
            },
          },
    );
  }
}

export const activity = new Activity();
