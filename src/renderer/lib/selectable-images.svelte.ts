import { untrack } from 'svelte';
import type { Project, ProjectImage } from '../../contract/app.ts';
import { ImageList } from './image-list.svelte.ts';
import { Selection } from './selection.svelte.ts';

/** A list of a project's images, and which of them are selected. */
export class SelectableImages {
  readonly list: ImageList;
  readonly selection = new Selection();
  /** The one that is selected, once it is known. */
  readonly selected: ProjectImage | undefined = $derived.by(() => {
    const [first] = this.selection.ranges;
    return this.selection.count === 1 && first !== undefined ? this.list.at(first.from) : undefined;
  });
  #seen: { readonly images: number; readonly classes: readonly number[] } | null = null;

  constructor(project: number, show: ImageList['filter']['show']) {
    this.list = new ImageList(project, show, () => {
      this.selection.clear();
    });
  }

  show(filter: Parameters<ImageList['show']>[0]): void {
    this.selection.reset();
    this.list.show(filter);
  }

  /**
   * Asks again where images came or went, or lost their labels with a class; true if so. While images
   * arrive, what is selected stays in its place: the list follows when nothing is, or all are there.
   */
  protected reloadIfChanged({ images, classes }: Project, isArriving: boolean): boolean {
    const seen = { images, classes: classes.map(({ id }) => id) };
    const isChanged =
      images !== this.#seen?.images || this.#seen.classes.some((id) => !seen.classes.includes(id));
    if (isChanged && isArriving && this.selection.count > 0) return false;
    this.#seen = seen;
    if (!isChanged) return false;
    untrack(() => {
      this.list.reload();
    });
    return true;
  }
}
