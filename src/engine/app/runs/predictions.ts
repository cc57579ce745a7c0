import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { PredictedImages, PredictionStatus, Result, Run } from '../../../contract/app.ts';
import { UserError } from '../../../core/errors.ts';
import type { Size } from '../../../core/mask/tiles.ts';
import { tileGrid } from '../../../core/segmentation/tile-plan.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { makeFolder } from '../../../formats/files/make-folder.ts';
import type { Store } from '../../../store/store.ts';
import type {
  MadeMask,
  PredictImagesRequest,
} from '../../tasks/segmentation/predict/predict-images.ts';
import { ReportPace } from '../../events.ts';
import type { Emit } from '../../events.ts';
import { RunningWork } from '../../running-work.ts';
import { fileStates } from '../../images/file-states.ts';
import { findFrozenSegmentation, valuesNow } from './frozen-segmentation.ts';
import { requireNoRunning, studentFile } from './run-student.ts';
import { folderOfRun } from './runs.ts';
import { storePredicted } from './store-predicted.ts';
import { performInWorker, WorkerDied, WorkerHung } from '../../worker/worker-process.ts';
import { studentText } from '../../../text/index.ts';

type Outcome = Result<'run.predictMasks'>;

/** Minimum time between two progress events, ms. */
const reportInterval = 100;

/** Predicts masks of a project's images with the student of a run, in a separate process. */
export class PredictionService {
  readonly #store: Store;
  readonly #emit: Emit;
  /** Running predictions by run. */
  readonly #active = new RunningWork<number>();

  constructor(store: Store, emit: Emit) {
    this.#store = store;
    this.#emit = emit;
  }

  /** @throws UserError 'not-found' */
  status(id: number): PredictionStatus {
    const run = this.#store.runs.get(id);
    const counts = this.#store.masks.predictionCounts(run.project, id);
    const { images, predicted } = counts.unlabelled;
    const side = Math.ceil(Math.sqrt(this.#store.images.meanPixels(run.project)));
    const seconds = (images - predicted) * timeOf(run, { width: side, height: side });
    return { ...counts, seconds, isAtWork: this.#active.has(id) };
  }

  /**
   * Predicts the masks of images.
   *
   * @throws UserError 'not-found' (run, its student), 'invalid-option' for a run without a segmentation student,
   * 'in-use' if a prediction or distillation is running, 'disk', 'too-large' if the process crashed
   */
  async predict(id: number, which: PredictedImages, signal: AbortSignal): Promise<Outcome> {
    const run = this.#store.runs.get(id);
    if (run.state !== 'done' || run.summary?.task !== 'segmentation') {
      throw new UserError('invalid-option', studentText.noSegmentation);
    }
    this.#requireFree(run);
    try {
      return await this.#active.run(id, signal, (own) => this.#predict(run, which, own));
    } finally {
      this.#emit('project.changed', { project: run.project });
    }
  }

  /** Stops a prediction; finished masks stay. */
  stop(run: number): Promise<void> {
    return this.#active.stop(run);
  }

  async stopProject(project: number): Promise<void> {
    const runs = this.#store.runs.list(project);
    await Promise.all(runs.map(({ id }) => this.stop(id)));
  }

  stopAll(): Promise<void> {
    return this.#active.stopAll();
  }

  #requireFree({ id, project }: Run): void {
    if (this.#active.has(id)) {
      throw new UserError('in-use', studentText.predictsAlready);
    }
    requireNoRunning(this.#store, project, studentText.predictsDuringRun);
  }

  async #predict(run: Run, which: PredictedImages, signal: AbortSignal): Promise<Outcome> {
    const folder = join(folderOfRun(this.#store, run.id), 'predictions');
    const { images, known, skipped } = await this.#choose(run, which);
    const table = await this.#valuesOf(run);
    const model = await studentFile(this.#store, run.id, studentText.notPredicted);
    const request = { model, images, folder };
    if (images.length === 0) return { images: 0, known, skipped, cancelled: false };
    await makeFolder(folder, this.#store.folder);
    const importer = new MaskImporter(this.#store, run.id, table);
    let isCancelled = false;
    try {
      for (const problem of await this.#ask(run, request, importer, signal)) skipped.push(problem);
    } catch (error) {
      const isStopped = error instanceof UserError && error.code === 'cancelled';
      if (!isStopped && !(error instanceof WorkerHung)) throw crashError(error);
      isCancelled = true;
    } finally {
      await importer.settled();
    }
    // An interrupted mask is continued the next time.
    if (!isCancelled) await rm(folder, { recursive: true, force: true });
    for (const problem of importer.problems) skipped.push(problem);
    return { images: importer.count, known, skipped, cancelled: isCancelled };
  }

  /** Images to predict: those without a mask of this run whose files are unchanged. */
  async #choose(
    run: Run,
    which: PredictedImages,
  ): Promise<{ images: PredictImagesRequest['images']; known: number; skipped: ImageProblem[] }> {
    const predicted = this.#store.masks.predicted(run.id, 'student');
    const chosen = Array.isArray(which) ? new Set(which) : undefined;
    const wanted = [...this.#store.images.all(run.project)].filter(({ id, isLabelled }) =>
      chosen ? chosen.has(id) : which === 'all' || !isLabelled,
    );
    const open = wanted.filter(({ id }) => !predicted.has(id));
    const states = await fileStates(open, this.#store.importFiles.inodes(run.project));
    const skipped = open.flatMap((image, index) => {
      if (states[index] === 'same') return [];
      const reason =
        states[index] === 'changed'
          ? studentText.imageChanged(image.path)
          : studentText.imageMissing(image.path);
      return [{ path: placeName(image), reason }];
    });
    const images = open
      .filter((_, index) => states[index] === 'same')
      .map(({ id, path, frame, folder, name }) => ({ id, path, frame, name: `${folder}/${name}` }));
    return { images, known: wanted.length - open.length, skipped };
  }

  async #valuesOf({ id, project }: Run): Promise<Uint8Array> {
    const kept = await findFrozenSegmentation(this.#store, project, folderOfRun(this.#store, id));
    if (kept) return valuesNow(this.#store, project, kept.classIds);
    throw new UserError('not-found', studentText.classesLost);
  }

  async #ask(
    { id, project }: Run,
    request: PredictImagesRequest,
    importer: MaskImporter,
    signal: AbortSignal,
  ): Promise<readonly ImageProblem[]> {
    const pace = new ReportPace(reportInterval);
    const { outcome } = await performInWorker({ kind: 'predict', request }, signal, {
      take: (made) => {
        importer.take(made);
      },
      report: (event) => {
        if (event.type !== 'progress') return;
        const { total, secondsLeft } = event;
        const done = Math.floor(event.done);
        if (!pace.isDue(done >= total)) return;
        const part = event.done - done;
        this.#emit('predict.progress', { run: id, project, done, total, part, secondsLeft });
      },
    });
    return outcome.problems;
  }
}

/**
 * Moves finished masks into the workspace one after the other, while further ones are predicted.
 */
class MaskImporter {
  readonly problems: ImageProblem[] = [];
  count = 0;
  readonly #store: Store;
  readonly #run: number;
  readonly #table: Uint8Array;
  #last: Promise<void> = Promise.resolve();
  #failure: Error | undefined;

  constructor(store: Store, run: number, table: Uint8Array) {
    this.#store = store;
    this.#run = run;
    this.#table = table;
  }

  /** @throws the error of an earlier mask, such as a full disk */
  take(made: MadeMask): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#last = this.#last.then(() => this.#takeOne(made));
  }

  /**
   * Resolves when all masks taken are stored.
   *
   * @throws the first error
   */
  async settled(): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #takeOne({ id, file }: MadeMask): Promise<void> {
    const place = { image: id, layer: 'student', run: this.#run } as const;
    try {
      // A complete mask is stored even if the prediction has been stopped.
      await storePredicted(this.#store, place, file, this.#table);
      await rm(file, { force: true });
      this.count++;
    } catch (error) {
      const isOfImage = error instanceof UserError && error.code === 'invalid-file';
      if (isOfImage) this.problems.push({ path: file, reason: error.message });
      else this.#failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** Returns the approximate time for an image, seconds. */
function timeOf({ summary, settings }: Run, image: Size): number {
  if (summary?.task !== 'segmentation') return 0;
  const { columns, rows } = tileGrid(image, summary.side, settings.overlap);
  return (columns.length * rows.length * summary.student.msPerImage) / 1000;
}

function crashError(error: unknown): unknown {
  if (!(error instanceof WorkerDied)) return error;
  return new UserError('too-large', studentText.predictionCrashed, error.message);
}
