import { untrack } from 'svelte';
import type { Project, ProjectImage } from '../../../contract/app.ts';
import { ImageList } from './image-list.svelte.ts';
import { Selection } from './selection.svelte.ts';

/** List of a project's images with a selection. */
export class SelectableImages {
  readonly list: ImageList;
  readonly selection = new Selection();
  /** Selected image, if exactly one is selected and loaded. */
  readonly selected: ProjectImage | undefined = $derived.by(() => {
    const [first] = this.selection.ranges;
    return this.selection.count === 1 && first !== undefined ? this.list.at(first.from) : undefined;
  });
  #seen: { readonly images: number; readonly classes: readonly number[] } | null = null;

  /** @param worstOf ID of a run; its student's worst images come first */
  constructor(project: number, show: ImageList['filter']['show'], worstOf?: number) {
    const filter = { show, search: '', worstOf };
    this.list = new ImageList(project, filter, () => {
      this.selection.clear();
    });
  }

  show(filter: Parameters<ImageList['show']>[0]): void {
    this.selection.reset();
    this.list.show(filter);
  }

  /**
   * Reloads the list if images were added or removed, or lost their labels with a class; returns true if it did.
   * During an import it waits while images are selected or pointed at, so that they keep their positions.
   */
  protected reloadIfChanged({ images, classes }: Project, isArriving: boolean): boolean {
    const seen = { images, classes: classes.map(({ id }) => id) };
    const isChanged =
      images !== this.#seen?.images || this.#seen.classes.some((id) => !seen.classes.includes(id));
    const isInUse = this.selection.count > 0 || this.list.isPointed;
    if (isChanged && isArriving && isInUse) return false;
    this.#seen = seen;
    if (!isChanged) return false;
    untrack(() => {
      this.list.reload();
    });
    return true;
  }
}
