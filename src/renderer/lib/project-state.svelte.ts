import type { LabelChange, Project, ProjectSettings, Run, UseChange } from '../../contract/app.ts';
import { call, listen } from './client.ts';
import { coalesced } from './coalesce.ts';
import { emptyHistory, type History } from './history.ts';
import { missingLabels } from './images/labels-needed.ts';
import { notices } from './notices.svelte.ts';
import { store, storedText } from './stored.ts';

/** Steps of the wizard, in order. */
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

/** State of the open project that all steps share, synchronised with the engine. */
export class ProjectState {
  project: Project;
  /** Runs of the project, newest first. */
  runs: Run[];
  #step: StepName;
  /** Folder that was dropped on the window; the step Images asks how to import its labels. */
  arriving: string | null = $state(null);
  /** Undo history of labels, kept when the step changes. */
  labelHistory: History<LabelChange[]> = $state.raw(emptyHistory());
  /** Undo history of the images' uses and groups, kept when the step changes. */
  useHistory: History<UseChange[]> = $state.raw(emptyHistory());
  /** ID of the run chosen to be shown in the steps from Distil on. */
  #lookedAt: number | null = $state(null);
  readonly #disposers: (() => void)[];
  /** Counter of run events. */
  #news = 0;

  private constructor(project: Project, runs: Run[]) {
    this.project = $state(project);
    this.runs = $state(runs);
    this.#step = $state(leftAt(project, runs) ?? firstOpenStep(project, runs));
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

  get step(): StepName {
    return this.#step;
  }

  /** Stored, so that the project opens at this step after a restart. */
  set step(step: StepName) {
    this.#step = step;
    store(stepKey(this.project), step);
  }

  /** Running or queued run, if any. */
  get activeRun(): Run | undefined {
    return this.runs.find(({ state }) => state === 'running' || state === 'queued');
  }

  /** Runs with a result. */
  get finishedRuns(): Run[] {
    return this.runs.filter(({ summary }) => summary !== null);
  }

  /** Run that Distil shows: the chosen one, else the active one, else the newest. */
  get watchedRun(): Run | undefined {
    return this.runs.find(({ id }) => id === this.#lookedAt) ?? this.activeRun ?? this.runs[0];
  }

  /** Run that Result and Export show: the chosen one if it has a result, else the newest that has one. */
  get resultRun(): Run | undefined {
    const finished = this.finishedRuns;
    return finished.find(({ id }) => id === this.#lookedAt) ?? finished[0];
  }

  /** Chooses the run to show; null restores the default. */
  lookAt(run: number | null): void {
    this.#lookedAt = run;
  }

  /** Applies settings at once, then sends them to the engine, whose answer replaces them. */
  async choose(settings: Partial<ProjectSettings>): Promise<void> {
    this.project = { ...this.project, settings: { ...this.project.settings, ...settings } };
    try {
      this.project = await call('project.update', { project: this.project.id, settings });
    } catch (error) {
      notices.fail(error);
      await this.refresh();
    }
  }

  /** Reloads project and runs; repeats if runs changed meanwhile, since the answer may be outdated. */
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

  /** Adds a new run if missing. Its event may arrive before the answer to its request and be newer. */
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

/** Storage key of a project's step. It includes the creation time, because IDs repeat across workspaces. */
function stepKey({ id, createdAt }: Project): string {
  return `understudy.step.${id}.${createdAt}`;
}

/** Step at which the project was left; undefined if an active run, or the untouched sample, decides. */
function leftAt(project: Project, runs: readonly Run[]): StepName | undefined {
  if (runs.some(({ state }) => state === 'running' || state === 'queued')) return undefined;
  // The sample guides the user from its first open step.
  if (project.isSample && runs.length === 0) return undefined;
  const stored = stepNames.find((name) => name === storedText(stepKey(project)));
  // The run that was watched has finished.
  return stored === 'distil' && runs.some(({ state }) => state === 'done') ? 'result' : stored;
}

/** First step with something to do in a project. */
function firstOpenStep(project: Project, runs: readonly Run[]): StepName {
  if (runs.some(({ state }) => state === 'running' || state === 'queued')) return 'distil';
  if (runs.some(({ state }) => state === 'done')) return 'result';
  if (project.images === 0) return 'images';
  if (missingLabels(project) !== null) return 'labels';
  return project.settings.teacher === null ? 'teacher' : 'skip';
}
