import type { MissingImages } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';

/** Between two looks that nobody asked for, ms: each asks the disk for every file. */
const patience = 30_000;

/** The images of a project whose files are not where they were, and looking for them elsewhere. */
export class MissingFiles {
  /** Null until somebody has looked. */
  found: MissingImages | null = $state.raw(null);
  isAtWork = $state(false);
  readonly #project: number;
  #looked = -Infinity;
  /** The notice of the latest search, whose undo takes back the latest alone. */
  #notice = 0;

  constructor(project: number) {
    this.#project = project;
  }

  /** As `look`, unless that was a moment ago: somebody has come back to the window. */
  async lookAgain(): Promise<void> {
    if (performance.now() - this.#looked > patience) await this.look();
  }

  /** Looks whether all files are there. A failure says nothing of them, so it is not told. */
  async look(): Promise<void> {
    this.#looked = performance.now();
    try {
      this.found = await call('image.missing', { project: this.#project });
    } catch (error) {
      console.error(error);
    }
  }

  /** Asks for a folder and looks there. @param from the folder that the images were imported from; null: all */
  async locate(from: string | null): Promise<void> {
    const words = text.images.missing;
    try {
      const to = await call('shell.chooseFolder', { title: words.chooseTitle });
      if (to === null) return;
      this.isAtWork = true;
      const project = this.#project;
      const report = await call('image.locate', { project, from, to });
      if (report.found === 0) notices.add('attention', words.none(report.folder));
      else {
        const rest = report.missing - report.found;
        const said = words.found(report.found, report.byContent);
        const message = report.first === null ? said : `${said} ${words.rest(rest, report.first)}`;
        const action = { label: text.common.undo, run: () => void this.#undo() };
        notices.dismiss(this.#notice);
        this.#notice = notices.add(rest > 0 ? 'attention' : 'done', message, { action });
      }
      await this.look();
    } catch (error) {
      notices.fail(error);
    } finally {
      this.isAtWork = false;
    }
  }

  async #undo(): Promise<void> {
    try {
      const { images } = await call('image.undoLocate', { project: this.#project });
      notices.add('done', text.images.missing.undone(images));
      await this.look();
    } catch (error) {
      notices.fail(error);
    }
  }
}
