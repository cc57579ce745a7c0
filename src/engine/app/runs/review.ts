import type { ReviewStatus, Run } from '../../../contract/app.ts';
import { projectSeed } from '../../../core/dataset/hold-out.ts';
import { UserError } from '../../../core/errors.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { FoundImage } from '../../../formats/labels/labelled-images.ts';
import type { StoredImage } from '../../../store/queries/images.ts';
import type { ImageScore } from '../../../store/queries/review.ts';
import type { Store } from '../../../store/store.ts';
import type { ScoreOutcome, ScoreRequest } from '../../tasks/classification/score.ts';
import { ReportPace } from '../../events.ts';
import type { Emit } from '../../events.ts';
import { RunningWork } from '../../running-work.ts';
import { fileStates } from '../../images/file-states.ts';
import { findDataset } from './frozen-dataset.ts';
import type { ProjectDataset } from './frozen-dataset.ts';
import { requireNoRunning, studentFile } from './run-student.ts';
import { folderOfRun } from './runs.ts';
import { performInWorker } from '../../worker/worker-process.ts';
import { studentText } from '../../../text/index.ts';

/** Time to read an image and resize it, ms; inference times are measured. */
const readingTime = 6;
/** Minimum time between two progress events, ms. */
const reportInterval = 100;

/**
 * Finds images to review next, from predictions of a project's latest student and its teacher, in a separate process.
 */
export class ReviewService {
  readonly #store: Store;
  readonly #emit: Emit;
  /** Running reviews by project. */
  readonly #active = new RunningWork<number>();

  constructor(store: Store, emit: Emit) {
    this.#store = store;
    this.#emit = emit;
  }

  /** @throws UserError 'not-found' */
  status(project: number): ReviewStatus {
    const run = this.#latestDone(project);
    const images = this.#store.review.count(project);
    return {
      run: run?.id ?? null,
      asked: this.#store.review.latest(project) ?? null,
      images,
      seconds: run ? estimate(run, images) : null,
      isAtWork: this.#active.has(project),
    };
  }

  /**
   * Predicts every image that is unlabelled, or labelled but never reviewed here. Held-out images are excluded: their
   * labels would be biased towards the student that they are to measure.
   *
   * @throws UserError 'invalid-option' without a student, 'in-use' if a review or run is in progress, 'not-found' if
   * the student's file is missing, 'cancelled'
   */
  async find(project: number, signal: AbortSignal): Promise<{ images: number; skipped: number }> {
    if (this.#store.projects.get(project).task === 'segmentation') {
      throw new UserError('unsupported', studentText.reviewOfMasks);
    }
    const run = this.#latestDone(project);
    if (!run) {
      throw new UserError('invalid-option', studentText.nothingToReviewWith);
    }
    if (this.#active.has(project)) {
      throw new UserError('in-use', studentText.reviewsAlready);
    }
    requireNoRunning(this.#store, project, studentText.reviewsDuringRun);
    try {
      return await this.#active.run(project, signal, (own) => this.#find(run, own));
    } finally {
      this.#emit('project.changed', { project });
    }
  }

  /** Stops a review; partial results are discarded. */
  stop(project: number): Promise<void> {
    return this.#active.stop(project);
  }

  stopAll(): Promise<void> {
    return this.#active.stopAll();
  }

  async #find(run: Run, signal: AbortSignal): Promise<{ images: number; skipped: number }> {
    const { request, ids, changed } = await this.#requestFor(run);
    if (request.images.length === 0) return { images: 0, skipped: changed };
    const outcome = await this.#ask(run.project, request, signal);
    const classes = new Map(
      this.#store.classes.list(run.project).map(({ id, name }) => [name, id]),
    );
    const scores = outcome.scored.flatMap((one) => scoreOf(one, ids, outcome.classes, classes));
    this.#store.review.replace(run.id, scores);
    return { images: scores.length, skipped: changed + outcome.problems.length };
  }

  async #requestFor(
    run: Run,
  ): Promise<{ request: ScoreRequest; ids: ReadonlyMap<string, number>; changed: number }> {
    const model = await studentFile(this.#store, run.id, studentText.notReviewed);
    const kept = await findDataset(this.#store, run.project, folderOfRun(this.#store, run.id));
    const heldOut = new Set(kept ? testedIds(kept) : []);
    const asked = this.#toAsk(run.project).filter(({ id }) => !heldOut.has(id));
    const states = await fileStates(asked);
    const present = asked.filter((_, index) => states[index] === 'same');
    const { teacher } = this.#store.runs.files(run.id);
    const labelled = kept?.dataset.distilled.filter(({ isLabelled }) => isLabelled) ?? [];
    // Without the training data of its head, the teacher's head cannot be trained again.
    const taught =
      teacher !== null && labelled.length > 0 ? this.#store.teachers.get(teacher) : null;
    return {
      request: {
        model,
        teacher: taught?.file ?? null,
        overrides: taught?.overrides,
        labelled,
        seed: projectSeed,
        images: present.map(foundImage),
      },
      ids: new Map(present.map((image) => [placeName(image), image.id])),
      changed: asked.length - present.length,
    };
  }

  async #ask(project: number, request: ScoreRequest, signal: AbortSignal): Promise<ScoreOutcome> {
    const pace = new ReportPace(reportInterval);
    const { outcome } = await performInWorker({ kind: 'score', request }, signal, {
      report: (event) => {
        if (event.type !== 'progress') return;
        const { done, total, secondsLeft } = event;
        if (!pace.isDue(done === total)) return;
        this.#emit('review.progress', { project, done, total, secondsLeft });
      },
    });
    return outcome;
  }

  #latestDone(project: number): Run | undefined {
    return this.#store.runs
      .list(project)
      .find(({ state, summary }) => state === 'done' && summary?.task !== 'segmentation');
  }

  /** Images to predict, without held-out ones. */
  #toAsk(project: number): StoredImage[] {
    return [...this.#store.images.all(project, 'review')].filter(({ isTest }) => !isTest);
  }
}

function estimate({ summary }: Run, images: number): number | null {
  if (!summary) return null;
  const { teacher, student } = summary;
  const each = teacher.msPerImage + student.msPerImage + readingTime;
  const learnt = summary.images.labelled * (teacher.msPerImage + readingTime);
  return (images * each + learnt) / 1000;
}

function testedIds({ dataset, ids }: ProjectDataset): number[] {
  return dataset.tested.flatMap((image) => ids.get(placeName(image)) ?? []);
}

function foundImage({ path, frame, folder, name }: StoredImage): FoundImage {
  return { path, frame, name: `${folder}/${name}` };
}

/** Returns the score with class ids; predictions of removed classes are left out. */
function scoreOf(
  { path, uncertainty, likeliest, student, teacher }: ScoreOutcome['scored'][number],
  images: ReadonlyMap<string, number>,
  names: readonly string[],
  classes: ReadonlyMap<string, number>,
): ImageScore[] {
  const image = images.get(path);
  if (image === undefined) return [];
  const idOf = (index: number): number[] => {
    const id = classes.get(names[index] ?? '');
    return id === undefined ? [] : [id];
  };
  const idsOf = (indices: readonly number[]): number[] =>
    indices.flatMap(idOf).sort((one, other) => one - other);
  return [
    {
      image,
      uncertainty,
      student: idsOf(student),
      likeliest: likeliest.flatMap(({ index, probability }) =>
        idOf(index).map((id) => ({ class: id, probability })),
      ),
      teacher: teacher === null ? null : idsOf(teacher),
    },
  ];
}
