import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '../../contract/app.ts';
import { distillOptions } from '../../contract/jobs.ts';
import type { DistillOptions } from '../../contract/jobs.ts';
import type { DistillSummary } from '../../contract/results.ts';
import { projectSeed as seed } from '../../core/dataset/hold-out.ts';
import type { StoredTeacher } from '../../store/queries/teachers.ts';
import type { Store } from '../../store/store.ts';
import type { WorkerResult, WorkerTask } from '../worker-protocol.ts';
import { dropMasks, runOutlines, valuesNow } from './kept-outlines.ts';
import type { RunOutlines } from './kept-outlines.ts';
import { runDataset } from './run-dataset.ts';
import { storePredicted } from './store-predicted.ts';
import type { DistillOutcome, ExpectedTeacher, OutlineOutcome } from '../student-outcome.ts';

/** What a run gives its worker, and what becomes of the worker's answer. */
export interface RunInput {
  /** Which image each is, by `placeName`. */
  readonly ids: ReadonlyMap<string, number>;
  task(options: DistillOptions): WorkerTask;
  /** Puts an outcome into the workspace, with the run's end. @throws UserError 'disk', 'cancelled' */
  keep(result: WorkerResult): Promise<void>;
}

/**
 * What a run learns from, as it was when it began.
 *
 * @param folder the run's
 * @throws UserError where there is not enough to learn from, and what the run began with is gone
 */
export async function runInput(
  store: Store,
  run: Run,
  teacher: number,
  folder: string,
  signal: AbortSignal,
): Promise<RunInput> {
  const project = store.projects.get(run.project);
  const { name, description } = store.teachers.get(teacher);
  const expected = { name, sha256: description.sha256 };
  if (project.task === 'segmentation') {
    const smallest = description.architecture.patchSize;
    const outlines = await runOutlines(store, project, run.id, smallest, folder, signal);
    return outlineInput(store, run, expected, outlines, folder, signal);
  }
  const { dataset, ids } = await runDataset(store, project, run.id, folder);
  return {
    ids,
    task: (options) => ({ kind: 'distill', options, teacher: expected, dataset }),
    keep: (result) => {
      if (result.kind !== 'distill') throw otherTask();
      keepAnswers(store, run.id, result.outcome, ids);
      return Promise.resolve();
    },
  };
}

export function optionsOf(
  { settings, project }: Pick<Run, 'settings' | 'project'>,
  store: Store,
  { file, overrides }: Pick<StoredTeacher, 'file' | 'overrides'>,
  out: string,
  resume: boolean,
): DistillOptions {
  const { skip, rank, steps, batch, views, start, orientation, preparation } = settings;
  const { precision, imageSize, decoderSteps, adapt, overlap, tolerance, toleranceUnit } = settings;
  const choices = { skip, rank, steps, batch, views, start, orientation, preparation };
  return distillOptions.parse({
    ...choices,
    precision,
    ...(imageSize !== null && { imageSize }),
    ...(store.projects.get(project).task === 'segmentation' && {
      ...{ decoderSteps, adapt, overlap, tolerance, toleranceUnit },
    }),
    ...{ teacher: file, overrides, out, resume, seed },
  });
}

function outlineInput(
  store: Store,
  run: Run,
  teacher: ExpectedTeacher,
  { dataset, ids, classIds }: RunOutlines,
  folder: string,
  signal: AbortSignal,
): RunInput {
  const masksFolder = join(folder, 'predicted');
  return {
    ids,
    task: (options) => ({ kind: 'outline', options, teacher, dataset, masksFolder }),
    async keep(result) {
      if (result.kind !== 'outline') throw otherTask();
      const { summary, masks } = result.outcome;
      const table = valuesNow(store, run.project, classIds);
      for (const { path, ...files } of masks) {
        const image = ids.get(path);
        if (image === undefined) continue;
        for (const layer of ['teacher', 'copy', 'student'] as const) {
          await storePredicted(store, { image, layer, run: run.id }, files[layer], table, signal);
        }
      }
      store.transaction(() => {
        const dices = dicesOf(summary, ids);
        store.records.replaceMasks(run.id, dices);
        narrowTestSet(store, run.id, dices);
        end(store, run.id, summary);
      });
      await rm(masksFolder, { recursive: true, force: true });
      await dropMasks(folder);
    },
  };
}

function dicesOf(
  { perImage }: OutlineOutcome['summary'],
  ids: ReadonlyMap<string, number>,
): Parameters<Store['records']['replaceMasks']>[1] {
  return perImage.flatMap(({ path, teacher, copy, student }) => {
    const image = ids.get(path);
    return image === undefined ? [] : [{ image, teacher, copy, student }];
  });
}

function keepAnswers(
  store: Store,
  run: number,
  { summary, answers }: DistillOutcome,
  ids: ReadonlyMap<string, number>,
): void {
  const predictions = answers.flatMap(({ path, truth, teacher, copy, student }) => {
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
  });
  store.transaction(() => {
    store.records.replacePredictions(run, predictions);
    narrowTestSet(store, run, predictions);
    end(store, run, summary);
  });
}

/** Where some test images could not be read, the result is of the others alone. */
function narrowTestSet(
  store: Store,
  run: number,
  measured: readonly { readonly image: number }[],
): void {
  store.testSets.narrow(
    run,
    measured.map(({ image }) => image),
  );
}

function end(store: Store, run: number, summary: DistillSummary): void {
  store.runs.update(run, { state: 'done', step: summary.steps, summary, error: null });
}

function otherTask(): Error {
  return new Error('the worker answered another task');
}
