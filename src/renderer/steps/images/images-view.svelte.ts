import type { Project } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { SelectableImages } from '../../lib/images/selectable-images.svelte.ts';
import { text } from '../../text/index.ts';

/** Images of a project at the images step: filter and selection. */
export class ImagesView extends SelectableImages {
  readonly #project: number;

  constructor(project: number) {
    super(project, 'all');
    this.#project = project;
  }

  follow(project: Project, isArriving: boolean): void {
    this.reloadIfChanged(project, isArriving);
  }

  /** Removes the selected images from the project. */
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
}
