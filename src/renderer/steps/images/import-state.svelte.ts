import type { KeptReport, WatchedFolder } from '../../../contract/app.ts';
import { call, listen } from '../../lib/client.ts';
import { coalesced } from '../../lib/coalesce.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { restOf } from './cut-short.ts';

/** State of a project's imports: reports, number of files left out, watched folders. */
export class ImportState {
  /** Reports, the latest first. */
  reports: readonly KeptReport[] = $state.raw([]);
  watched: readonly WatchedFolder[] = $state.raw([]);
  /** Number of files that were left out. */
  leftOut = $state(0);
  /** Set if the latest import was interrupted: otherwise a mostly missing folder would go unnoticed. */
  readonly cutShort = $derived(restOf(this.reports[0]));
  readonly #project: number;
  readonly #load = coalesced(() => this.#loadNow());

  constructor(project: number) {
    this.#project = project;
  }

  /** Starts following the project; returns a function that stops it. */
  start(): () => void {
    void this.#load();
    return listen('project.changed', ({ project }) => {
      if (project === this.#project) void this.#load();
    });
  }

  isWatched(folder: string): boolean {
    return this.watched.some((one) => one.folder === folder);
  }

  async stopWatching(folder: string): Promise<void> {
    try {
      await call('image.stopWatching', { project: this.#project, folder });
    } catch (error) {
      notices.fail(error);
    }
  }

  /** Confirms a watched folder of a workspace that came from another computer. */
  async resumeWatching(folder: string): Promise<void> {
    try {
      await call('image.resumeWatching', { project: this.#project, folder });
    } catch (error) {
      notices.fail(error);
    }
  }

  async #loadNow(): Promise<void> {
    const project = this.#project;
    try {
      const [reports, watched, leftOut] = await Promise.all([
        call('image.reports', { project }),
        call('image.watched', { project }),
        call('image.leftOut', { project }),
      ]);
      this.reports = reports;
      this.watched = watched;
      this.leftOut = leftOut;
    } catch (error) {
      notices.fail(error);
    }
  }
}
