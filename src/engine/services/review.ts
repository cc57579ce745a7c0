import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventOf, ReviewStatus, Run } from '../../contract/app.ts';
import { projectSeed } from '../../core/dataset/hold-out.ts';
import { UserError } from '../../core/errors.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { FoundImage } from '../../formats/labelled-images.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import type { ImageScore } from '../../store/queries/review.ts';
import type { Store } from '../../store/store.ts';
import type { ScoreOutcome, ScoreRequest } from '../score.ts';
import type { Emit } from './dispatch.ts';
import { fileStates } from './image-files.ts';
import { findDataset } from './kept-dataset.ts';
import type { ProjectDataset } from './kept-dataset.ts';
import { folderOfRun } from './runs.ts';
import { performInWorker } from './worker-process.ts';

/** To read an image and bring it to a model's size, ms; what models take is measured. */
const readingTime = 6;
/** Between two reports to the window, ms. */
const reportInterval = 100;

/** Finds what to look at next: asks a project's latest student and its teacher, in a process of its own. */
export class ReviewService {
  readonly #store: Store;
  readonly #emit: Emit;
  /** At work, by project. */
  readonly #active = new Map<number, { controller: AbortController; ended: Promise<unknown> }>();

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
   * Asks about every image that has no label, or one that nobody here has looked at; not about what is held
   * out, whose labels would lean towards the student that they are to measure.
   *
   * @throws UserError 'invalid-option' without a student, 'in-use' where it is at work or a run is,
   * 'not-found' where the student's file is gone, 'cancelled'
   */
  async find(project: number, signal: AbortSignal): Promise<{ images: number; skipped: number }> {
    if (this.#store.projects.get(project).task === 'segmentation') {
      throw new UserError(
        'unsupported',
        'Where regions are outlined, predict masks with the student and look through those.',
      );
    }
    const run = this.#latestDone(project);
    if (!run) {
      throw new UserError('invalid-option', 'There is no student to ask yet. Distil one first.');
    }
    if (this.#active.has(project)) {
      throw new UserError('in-use', 'What to look at next is being found already. Wait for it.');
    }
    const isRunning = this.#store.runs.list(project).some(({ state }) => state === 'running');
    if (isRunning) {
      throw new UserError(
        'in-use',
        'A student is being distilled. Find what to look at next when it is done, or pause it.',
      );
    }
    const controller = new AbortController();
    const ended = this.#find(run, AbortSignal.any([signal, controller.signal]));
    this.#active.set(project, { controller, ended });
    try {
      return await ended;
    } finally {
      this.#active.delete(project);
      this.#emit('project.changed', { project });
    }
  }

  /** Nothing of what was found so far is kept. */
  async stop(project: number): Promise<void> {
    const active = this.#active.get(project);
    active?.controller.abort();
    await active?.ended.catch(() => undefined);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#active.keys()].map((project) => this.stop(project)));
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
    const folder = folderOfRun(this.#store, run.id);
    const model = join(folder, 'student.onnx');
    if ((await stat(model).catch(() => undefined)) === undefined) {
      throw new UserError(
        'not-found',
        `${model} is gone, so its student cannot be asked. Distil again.`,
      );
    }
    const kept = await findDataset(this.#store, run.project, folder);
    const heldOut = new Set(kept ? testedIds(kept) : []);
    const asked = this.#toAsk(run.project).filter(({ id }) => !heldOut.has(id));
    const states = await fileStates(asked);
    const present = asked.filter((_, index) => states[index] === 'same');
    const { teacher } = this.#store.runs.files(run.id);
    const labelled = kept?.dataset.distilled.filter(({ isLabelled }) => isLabelled) ?? [];
    // Without what its head was made of, the teacher cannot be given one again.
    const taught =
      teacher !== null && labelled.length > 0 ? this.#store.teachers.get(teacher) : null;
    return {
      request: {
        model,
        teacher: taught?.file ?? null,
        ...(taught && { overrides: taught.overrides }),
        labelled,
        seed: projectSeed,
        images: present.map(foundImage),
      },
      ids: new Map(present.map((image) => [placeName(image), image.id])),
      changed: asked.length - present.length,
    };
  }

  async #ask(project: number, request: ScoreRequest, signal: AbortSignal): Promise<ScoreOutcome> {
    let reportedAt = -Infinity;
    const tell = (progress: Omit<EventOf<'review.progress'>, 'project'>): void => {
      const isLast = progress.done === progress.total;
      if (!isLast && performance.now() - reportedAt < reportInterval) return;
      reportedAt = performance.now();
      this.#emit('review.progress', { project, ...progress });
    };
    const result = await performInWorker({ kind: 'score', request }, signal, {
      report: (event) => {
        if (event.type !== 'progress') return;
        const { done, total, secondsLeft } = event;
        tell({ done, total, secondsLeft });
      },
    });
    if (result.kind !== 'score') throw new Error('the worker answered another task');
    return result.outcome;
  }

  #latestDone(project: number): Run | undefined {
    return this.#store.runs
      .list(project)
      .find(({ state, summary }) => state === 'done' && summary?.task !== 'segmentation');
  }

  /** Not of what is held out. */
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

/** In ids of classes; what is said of classes that are gone by now is left out. */
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
      ...{ image, uncertainty, student: idsOf(student) },
      likeliest: likeliest.flatMap(({ index, probability }) =>
        idOf(index).map((id) => ({ class: id, probability })),
      ),
      teacher: teacher === null ? null : idsOf(teacher),
    },
  ];
}
