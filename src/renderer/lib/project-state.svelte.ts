import type { LabelChange, Project, ProjectSettings, Run, UseChange } from '../../contract/app.ts';
import { call, listen } from './client.ts';
import { coalesced } from './coalesce.ts';
import { emptyHistory, type History } from './history.ts';
import { missingLabels } from './labels-needed.ts';
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
  /** A folder that was dropped on the window; the step of images asks how its labels come in. */
  arriving: string | null = $state(null);
  /** Changes of labels that can be undone, whatever step was looked at since. */
  labelHistory: History<LabelChange[]> = $state.raw(emptyHistory());
  /** Changes of what images are for, likewise. */
  useHistory: History<UseChange[]> = $state.raw(emptyHistory());
  /** The run that somebody chose to look at, in the steps from Distil on. */
  #lookedAt: number | null = $state(null);
  readonly #disposers: (() => void)[];
  /** Counts what was told of runs. */
  #news = 0;

  private constructor(project: Project, runs: Run[]) {
    this.project = $state(project);
    this.runs = $state(runs);
    this.step = $state(firstOpenStep(project, runs));
    this.#disposers = [
      listen('project.changed', ({ project: id }) => {
        if (id === this.project.id) void this.refresh();
      }),
      listen('run.changed', (run) => {
        this.#news++;
        if (run.project === this.project.id) this.replaceRun(run);
      }),
      listen('run.removed', ({ run }) => {
        this.#news++;
        this.runs = this.runs.filter(({ id }) => id !== run);
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

  /** Those with a result. */
  get finishedRuns(): Run[] {
    return this.runs.filter(({ summary }) => summary !== null);
  }

  /** What Distil shows: what was chosen, else what is at work, else the latest. */
  get watchedRun(): Run | undefined {
    return this.runs.find(({ id }) => id === this.#lookedAt) ?? this.activeRun ?? this.runs[0];
  }

  /** What Result and Export show: what was chosen if it has a result, else the latest that has one. */
  get resultRun(): Run | undefined {
    const finished = this.finishedRuns;
    return finished.find(({ id }) => id === this.#lookedAt) ?? finished[0];
  }

  /** Chooses the run to look at; null is the default again. */
  lookAt(run: number | null): void {
    this.#lookedAt = run;
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

  /** Asks the engine again; and once more where runs changed meanwhile, since the answer may be older. */
  readonly refresh = coalesced(async () => {
    try {
      const id = this.project.id;
      for (let news = -1; news !== this.#news;) {
        news = this.#news;
        const [project, runs] = await Promise.all([
          call('project.get', { project: id }),
          call('run.list', { project: id }),
        ]);
        this.project = project;
        if (news === this.#news) this.runs = runs;
      }
    } catch (error) {
      notices.fail(error);
    }
  });

  /** Answer and event of a new run come in any order; what is known already may be the later news. */
  addRun(run: Run): void {
    if (!this.runs.some(({ id }) => id === run.id)) this.runs.unshift(run);
  }

  replaceRun(run: Run): void {
    const index = this.runs.findIndex(({ id }) => id === run.id);
    if (index < 0) this.runs.unshift(run);
    else this.runs[index] = run;
  }

  dispose(): void {
    for (const dispose of this.#disposers) dispose();
  }
}

/** Where a project that is opened goes on. */
function firstOpenStep(project: Project, runs: readonly Run[]): StepName {
  if (runs.some(({ state }) => state === 'running' || state === 'queued')) return 'distil';
  if (runs.some(({ state }) => state === 'done')) return 'result';
  if (project.images === 0) return 'images';
  if (missingLabels(project) !== null) return 'labels';
  return project.settings.teacher === null ? 'teacher' : 'skip';
}
