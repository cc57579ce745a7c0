import type { Project, ProjectSettings, Run } from '../../contract/app.ts';
import { call, listen } from './client.ts';
import { notices } from './notices.svelte.ts';

/** The places of the wizard, in their order. */
export const stepNames = [
  'project',
  'images',
  'labels',
  'teacher',
  'skip',
  'distil',
  'result',
  'export',
] as const;
export type StepName = (typeof stepNames)[number];

/** The open project, kept in step with the engine; what all steps share. */
export class ProjectState {
  project: Project;
  /** The latest first. */
  runs: Run[];
  step: StepName;
  /** Progress of the run at work. */
  readonly #disposers: (() => void)[];

  private constructor(project: Project, runs: Run[]) {
    this.project = $state(project);
    this.runs = $state(runs);
    this.step = $state(firstOpenStep(project, runs));
    this.#disposers = [
      listen('project.changed', ({ project: id }) => {
        if (id === this.project.id) void this.refresh();
      }),
      listen('run.changed', (run) => {
        if (run.project === this.project.id) this.#replaceRun(run);
      }),
    ];
  }

  /** @throws RequestError */
  static async open(id: number): Promise<ProjectState> {
    const [project, runs] = await Promise.all([
      call('project.get', { project: id }),
      call('run.list', { project: id }),
    ]);
    return new ProjectState(project, runs);
  }

  /** The run that is at work or waits, if any. */
  get activeRun(): Run | undefined {
    return this.runs.find(({ state }) => state === 'running' || state === 'queued');
  }

  /** The latest run, whatever became of it. */
  get latestRun(): Run | undefined {
    return this.runs[0];
  }

  /** The latest run with a result. */
  get finishedRun(): Run | undefined {
    return this.runs.find(({ state }) => state === 'done');
  }

  /** Keeps a choice at once; the engine is asked afterwards and corrects it. */
  async choose(settings: Partial<ProjectSettings>): Promise<void> {
    this.project = { ...this.project, settings: { ...this.project.settings, ...settings } };
    try {
      this.project = await call('project.update', { project: this.project.id, settings });
    } catch (error) {
      notices.fail(error);
      await this.refresh();
    }
  }

  async refresh(): Promise<void> {
    try {
      const project = this.project.id;
      [this.project, this.runs] = await Promise.all([
        call('project.get', { project }),
        call('run.list', { project }),
      ]);
    } catch (error) {
      notices.fail(error);
    }
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
  }

  #replaceRun(run: Run): void {
    const index = this.runs.findIndex(({ id }) => id === run.id);
    if (index < 0) this.runs.unshift(run);
    else this.runs[index] = run;
  }
}

/** Where a project that is opened goes on. */
function firstOpenStep(project: Project, runs: readonly Run[]): StepName {
  if (runs.some(({ state }) => state === 'running' || state === 'queued')) return 'distil';
  if (runs.some(({ state }) => state === 'done')) return 'result';
  if (project.images === 0) return 'images';
  if (project.labelled === 0) return 'labels';
  return project.settings.teacher === null ? 'teacher' : 'skip';
}
