import { join } from 'node:path';
import type { EngineMethod, Params, ProjectSettings, Result } from '../../src/contract/app.ts';

interface Engine {
  call<M extends EngineMethod>(method: M, params: Params<M>): Promise<Result<M>>;
}

interface WantedProject {
  readonly settings: Partial<ProjectSettings>;
  /** Folder of images in class folders, which are imported; none by default. */
  readonly images?: string;
}

/** Adds the tiny teacher in a folder to a workspace, and returns its id. */
export async function addTinyTeacher(engine: Engine, folder: string): Promise<number> {
  const file = join(folder, 'teacher.safetensors');
  return (await engine.call('teacher.add', { file })).id;
}

/** Creates a project with the tiny teacher in a folder, whose runs take seconds, and returns its id. */
export async function createTinyProject(
  engine: Engine,
  folder: string,
  { settings, images }: WantedProject,
): Promise<number> {
  const teacher = await addTinyTeacher(engine, folder);
  const made = { name: 'Colours', domain: 'other', task: 'single' } as const;
  const { id: project } = await engine.call('project.create', made);
  await engine.call('project.update', {
    project,
    settings: { teacher, rank: 2, batch: 8, views: 4, ...settings },
  });
  if (images !== undefined) {
    await engine.call('image.import', { project, folder: images, labels: 'folders' });
  }
  return project;
}
