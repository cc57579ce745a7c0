import type { MissingImages } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';

/** Shortest time between two automatic checks, ms: each looks up every file on the disk. */
const checkInterval = 30_000;

/** Images of a project whose files are missing, and the search for them in other folders. */
export class MissingFiles {
  /** Null until the first check. */
  found: MissingImages | null = $state.raw(null);
  isLocating = $state(false);
  /** Number of searches that found files; pictures that failed to load are then loaded again. */
  located = $state(0);
  readonly #project: number;
  #checked = -Infinity;
  /** Notice of the latest search; its undo reverses only that search. */
  #notice = 0;

  constructor(project: number) {
    this.#project = project;
  }

  /** Checks again when the window regains the focus, unless the last check was less than 30 s ago. */
  async checkIfDue(): Promise<void> {
    if (performance.now() - this.#checked > checkInterval) await this.check();
  }

  /** Checks whether all files exist. A failure says nothing about the files, so it is only logged. */
  async check(): Promise<void> {
    this.#checked = performance.now();
    try {
      this.found = await call('image.missing', { project: this.#project });
    } catch (error) {
      console.error(error);
    }
  }

  /** Locates all missing files. If they are all of one folder, the files of the others are not looked up again. */
  async locateAll(): Promise<void> {
    const folders = this.found?.folders ?? [];
    await this.locate(folders.length === 1 ? (folders[0]?.folder ?? null) : null);
  }

  /** Asks for a folder and searches it. @param from folder that the images were imported from; null for all */
  async locate(from: string | null): Promise<void> {
    const words = text.images.missing;
    try {
      const to = await call('shell.chooseFolder', { title: words.chooseTitle });
      if (to === null) return;
      this.isLocating = true;
      const project = this.#project;
      const report = await call('image.locate', { project, from, to });
      if (report.found === 0) notices.add('attention', words.none(report.folder));
      else {
        const rest = report.missing - report.found;
        const foundText = words.found(report.found, report.renamed);
        const message =
          report.first === null ? foundText : `${foundText} ${words.rest(rest, report.first)}`;
        const action = { label: text.common.undo, run: () => void this.#undo() };
        this.located++;
        notices.dismiss(this.#notice);
        this.#notice = notices.add(rest > 0 ? 'attention' : 'done', message, { action });
      }
      await this.check();
    } catch (error) {
      notices.fail(error);
    } finally {
      this.isLocating = false;
    }
  }

  async #undo(): Promise<void> {
    try {
      const { images } = await call('image.undoLocate', { project: this.#project });
      notices.add('done', text.images.missing.undone(images));
      await this.check();
    } catch (error) {
      notices.fail(error);
    }
  }
}
