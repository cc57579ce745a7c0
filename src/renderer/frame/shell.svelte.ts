import type { EventOf, Failure, Project } from '../../contract/app.ts';
import { call, listen } from '../lib/client.ts';
import type { Dropped } from '../lib/dropped.ts';
import { endedWork } from '../lib/ended-work.svelte.ts';
import { notices } from '../lib/notices.svelte.ts';
import { ProjectState, stepNames, type StepName } from '../lib/project-state.svelte.ts';
import { text } from '../text/index.ts';
import { Silence } from './silence.svelte.ts';
import { dismissDropNotice, showDropNotice } from './dropped-notice.ts';

/** State of the engine; `starting` until its first event. */
type EngineState = EventOf<'engine.state'>['state'] | 'starting';
type Place = 'start' | 'new' | 'project';

/** State of the window: the list of projects, a new project, or an open one. */
export class Shell {
  place: Place = $state('start');
  open: ProjectState | null = $state.raw(null);
  /** Projects, the most recently opened first; null until the engine has answered. */
  projects: Project[] | null = $state.raw(null);
  engine: EngineState = $state('starting');
  readonly silence = new Silence();
  engineError: Failure | null = $state.raw(null);
  isOpening = $state(false);
  isDrawingSample = $state(false);
  dialog: 'palette' | 'keys' | 'about' | null = $state(null);
  /** Folder to import once the new project is created. */
  arriving: string | null = $state(null);

  start(): () => void {
    const disposers = [
      endedWork.start({
        sight: () => ({ project: this.open?.project.id ?? null, step: this.open?.step ?? null }),
        nameOf: (project) => this.projects?.find(({ id }) => id === project)?.name,
        open: (project, step, run) => void this.openEnded(project, step, run),
        isFocused: () => document.hasFocus(),
      }),
      listen('notification.opened', ({ project, step, run }) => {
        const known = stepNames.find((name) => name === step);
        if (known !== undefined) void this.openEnded(project, known, run ?? undefined);
      }),
      listen('engine.state', (event) => {
        this.#engineChanged(event);
      }),
      listen('project.changed', () => {
        if (this.place === 'start') void this.list();
      }),
    ];
    void this.list();
    return () => {
      for (const dispose of disposers) dispose();
      this.silence.end();
      this.open?.dispose();
    };
  }

  async list(): Promise<void> {
    try {
      const projects = await call('project.list', null);
      this.projects = projects.toSorted((one, other) => other.openedAt.localeCompare(one.openedAt));
    } catch (error) {
      const isReported = error instanceof Error && error.message === this.engineError?.message;
      if (!isReported) notices.fail(error);
    }
  }

  showStart(): void {
    this.#leave();
    this.place = 'start';
    void this.list();
  }

  /** @param folder folder to import once the project is created */
  showNew(folder: string | null = null): void {
    this.#leave();
    this.place = 'new';
    this.arriving = folder;
  }

  /** Imports a folder into the open project, else into a new one. */
  takeFolder(folder: string): void {
    if (this.open !== null) {
      this.open.step = 'images';
      this.open.arriving = folder;
    } else if (this.place === 'new') this.arriving = folder;
    else this.showNew(folder);
  }

  takeDropped(dropped: Dropped): void {
    if (dropped.kind === 'folder') {
      dismissDropNotice();
      this.takeFolder(dropped.folder);
      return;
    }
    const { open } = this;
    showDropNotice(dropped, {
      take: (folder) => {
        this.takeFolder(folder);
      },
      toTeacher: open === null ? undefined : () => (open.step = 'teacher'),
    });
  }

  /** @param folder folder to import at once */
  async openProject(id: number, step?: StepName, folder: string | null = null): Promise<void> {
    this.isOpening = true;
    try {
      const opened = await ProjectState.open(id);
      this.#leave();
      if (step !== undefined) opened.step = step;
      opened.arriving = folder;
      this.open = opened;
      this.place = 'project';
      endedWork.see(id);
      void this.list();
    } catch (error) {
      notices.fail(error);
    } finally {
      this.isOpening = false;
    }
  }

  /** Opens the step that shows finished work. @param project null for work outside of projects */
  async openEnded(project: number | null, step: StepName, run?: number): Promise<void> {
    if (project !== null && this.open?.project.id !== project)
      await this.openProject(project, step);
    if (this.open === null || (project !== null && this.open.project.id !== project)) return;
    if (run !== undefined) this.open.lookAt(run);
    this.open.step = step;
  }

  async openSample(): Promise<void> {
    if (this.isDrawingSample) return;
    this.isDrawingSample = true;
    try {
      const { id } = await call('project.sample', null);
      await this.openProject(id);
      if (this.open?.runs.length === 0) notices.add('done', text.start.sampleOpened);
    } catch (error) {
      notices.fail(error);
    } finally {
      this.isDrawingSample = false;
    }
  }

  async remove(project: Project): Promise<void> {
    try {
      await call('project.remove', { project: project.id });
      endedWork.forget(project.id);
      notices.add('done', text.start.removed(project.name));
      if (this.open?.project.id === project.id) this.showStart();
      await this.list();
    } catch (error) {
      notices.fail(error);
    }
  }

  goTo(step: StepName): void {
    if (this.open !== null) this.open.step = step;
  }

  async restartEngine(): Promise<void> {
    try {
      await call('shell.restartEngine', null);
    } catch (error) {
      notices.fail(error);
    }
  }

  /** Asks for another workspace folder. */
  async chooseWorkspace(): Promise<void> {
    try {
      const folder = await call('shell.chooseWorkspace', null);
      if (folder === null) return;
      endedWork.forget();
      // IDs of projects and images differ in the other workspace.
      this.showStart();
      await this.list();
    } catch (error) {
      notices.fail(error);
    }
  }

  async showLog(): Promise<void> {
    try {
      await call('shell.showLog', null);
    } catch (error) {
      notices.fail(error);
    }
  }

  #engineChanged({ state, error }: EventOf<'engine.state'>): void {
    const before = this.engine;
    this.engine = state;
    if (state === 'silent') this.silence.begin();
    else this.silence.end();
    this.engineError = error;
    // The banner shows the same message.
    for (const { id, message } of [...notices.list])
      if (message === error?.message) notices.dismiss(id);
    if (state !== 'ready' || before === 'ready' || before === 'starting') return;
    // An engine that was unresponsive is the same process as before: only the banner goes.
    if (before !== 'silent') notices.add('done', text.frame.engineReady);
    void this.list();
    void this.open?.refresh();
  }

  #leave(): void {
    this.open?.dispose();
    this.open = null;
    this.arriving = null;
  }
}
