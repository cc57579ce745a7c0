import type { ImportReport, Project } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { SelectableImages } from '../../lib/selectable-images.svelte.ts';
import { text } from '../../text/index.ts';
import { restOf } from './cut-short.ts';

/** The images of a project in sight: which, which are selected, and what was left out. */
export class ImagesView extends SelectableImages {
  reports: readonly ImportReport[] = $state.raw([]);
  readonly skipped = $derived(
    this.reports.flatMap(({ folder, skipped }) => skipped.map((file) => ({ folder, ...file }))),
  );
  /** Of the latest import: without a word nobody would notice that most of a folder is missing. */
  readonly cutShort = $derived(restOf(this.reports[0]));
  readonly #project: number;

  constructor(project: number) {
    super(project, 'all');
    this.#project = project;
  }

  follow(project: Project, isArriving: boolean): void {
    if (this.reloadIfChanged(project, isArriving)) void this.#loadReports();
  }

  /** Takes the selected images out of the project. */
  async removeSelected(): Promise<void> {
    try {
      const images = (await this.list.resolve(this.selection.ranges)).map(({ id }) => id);
      this.selection.reset();
      for (let from = 0; from < images.length; from += 10_000) {
        const part = images.slice(from, from + 10_000);
        await call('image.remove', { project: this.#project, images: part });
      }
      notices.add('done', text.images.removed(images.length));
    } catch (error) {
      notices.fail(error);
    }
    this.list.reload();
  }

  async #loadReports(): Promise<void> {
    try {
      this.reports = await call('image.reports', { project: this.#project });
    } catch (error) {
      notices.fail(error);
    }
  }
}
