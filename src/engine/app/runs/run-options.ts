import type { Run } from '../../../contract/app.ts';
import { distillOptions } from '../../../contract/jobs.ts';
import type { DistillOptions } from '../../../contract/jobs.ts';
import { projectSeed as seed } from '../../../core/dataset/hold-out.ts';
import type { StoredTeacher } from '../../../store/queries/teachers.ts';
import type { Store } from '../../../store/store.ts';
import { runTasks } from './run-tasks.ts';

/** Options of a run's distillation, from its frozen settings. */
export function optionsOf(
  { settings, project }: Pick<Run, 'settings' | 'project'>,
  store: Store,
  { file, overrides }: Pick<StoredTeacher, 'file' | 'overrides'>,
  out: string,
  resume: boolean,
): DistillOptions {
  const { skip, rank, steps, batch, views, start, orientation, preparation } = settings;
  const { precision, imageSize } = settings;
  const choices = { skip, rank, steps, batch, views, start, orientation, preparation };
  return distillOptions.parse({
    ...choices,
    precision,
    imageSize: imageSize ?? undefined,
    ...runTasks[store.projects.get(project).task].options(settings),
    teacher: file,
    overrides,
    out,
    resume,
    seed,
  });
}
