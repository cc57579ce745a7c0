import type { ClassOutcome } from '../../tasks/classification/class-students.ts';
import type { Store } from '../../../store/store.ts';
import { projectDataset, runDataset } from './run-dataset.ts';
import { endRun, wrongTask } from './run-task.ts';
import type { RunTask } from './run-task.ts';

/** Runs of classification projects. */
export const classRuns: RunTask = {
  check: (store, project) => Promise.resolve(projectDataset(store, project).notes),
  options: () => ({}),
  async input({ store, project, run, folder }) {
    const { dataset, ids } = await runDataset(store, project, run.id, folder);
    return {
      ids,
      data: { task: 'classification', dataset },
      keep(outcome) {
        if (outcome.task !== 'classification') throw wrongTask();
        storePredictions(store, run.id, outcome, ids);
        return Promise.resolve();
      },
    };
  },
};

function storePredictions(
  store: Store,
  run: number,
  { summary, predictions }: ClassOutcome,
  ids: ReadonlyMap<string, number>,
): void {
  const rows = predictions.flatMap(({ path, truth, teacher, copy, student }) => {
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
    store.records.replacePredictions(run, rows);
    endRun(store, run, summary, rows);
  });
}
