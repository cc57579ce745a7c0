import { untrack } from 'svelte';
import type { ImportReport, Project, ProjectImage } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { ImageList } from '../../lib/image-list.svelte.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { Selection } from '../../lib/selection.svelte.ts';
import { text } from '../../text/index.ts';

/** The images of a project in sight: which, which are selected, and what was left out. */
export class ImagesView {
  readonly list: ImageList;
  readonly selection = new Selection();
  reports: readonly ImportReport[] = $state.raw([]);
  readonly skipped = $derived(
    this.reports.flatMap(({ folder, skipped }) => skipped.map((file) => ({ folder, ...file }))),
  );
  /** The one that is selected, once it is known. */
  readonly selected: ProjectImage | undefined = $derived.by(() => {
    const [first] = this.selection.ranges;
    return this.selection.count === 1 && first !== undefined ? this.list.at(first.from) : undefined;
  });
  readonly #project: number;
  #seen = '';

  constructor(project: number) {
    this.#project = project;
    this.list = new ImageList(project, 'all', () => {
      this.selection.clear();
    });
  }

  /** Asks again where images came, went, or lost their labels with a class. */
  follow({ images, classes }: Project): void {
    const seen = [images, ...classes.map(({ id }) => id)].join();
    if (seen === this.#seen) return;
    this.#seen = seen;
    untrack(() => {
      this.list.reload();
      void this.#loadReports();
    });
  }

  show(filter: Parameters<ImageList['show']>[0]): void {
    this.selection.reset();
    this.list.show(filter);
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
