import type { ImageUse, UseChange } from '../../../contract/app.ts';
import { text } from '../../text/index.ts';
import { call } from '../client.ts';
import { type Direction, moved, nextEntry, recorded } from '../history.ts';
import { notices } from '../notices.svelte.ts';
import type { ProjectState } from '../project-state.svelte.ts';
import type { SelectableImages } from './selectable-images.svelte.ts';

/** Use (test or training) and group of the selected images, with undo. */
export class ImageUses {
  readonly #state: ProjectState;
  readonly #images: SelectableImages;
  /** ID of the latest change's notice. Its Undo reverses the latest change, so older notices are dismissed. */
  #notice = 0;
  /** End of the queue of changes. They run in order, so that undo restores the right state. */
  #tail: Promise<void> = Promise.resolve();

  constructor(state: ProjectState, images: SelectableImages) {
    this.#state = state;
    this.#images = images;
  }

  setUse(use: ImageUse): Promise<void> {
    return this.#change(
      (image) => ({ image, use }),
      (images) => text.testSet.done[use](images),
    );
  }

  /** @param group null removes the group */
  setGroup(group: string | null): Promise<void> {
    return this.#change(
      (image) => ({ image, group }),
      (images) => text.testSet.done.group(images, group),
    );
  }

  canGo(direction: Direction): boolean {
    return nextEntry(this.#state.useHistory, direction) !== undefined;
  }

  go(direction: Direction): Promise<void> {
    return this.#next(async () => {
      const entry = nextEntry(this.#state.useHistory, direction);
      if (entry === undefined) return;
      const { undo } = await this.#send(entry, true);
      this.#state.useHistory = moved(this.#state.useHistory, direction, undo);
    });
  }

  #change(changeOf: (image: number) => UseChange, say: (images: number) => string): Promise<void> {
    const { ranges } = this.#images.selection;
    return this.#next(async () => {
      const images = await this.#images.list.resolve(ranges);
      if (images.length === 0) return;
      const changes = images.map(({ id }) => changeOf(id));
      const { undo, followed, spanning } = await this.#send(changes, false);
      this.#state.useHistory = recorded(this.#state.useHistory, undo);
      const words = text.testSet;
      const message = [
        say(images.length),
        ...(followed > 0 ? [words.followed(followed)] : []),
        ...(spanning.length > 0 ? [words.spanning(spanning)] : []),
      ].join(' ');
      const action = { label: text.common.undo, run: () => void this.go('undo') };
      this.#notice = notices.add(spanning.length > 0 ? 'attention' : 'done', message, { action });
    });
  }

  async #send(changes: UseChange[], exact: boolean) {
    const { id: project } = this.#state.project;
    const answer = await call('image.setUse', { project, changes, exact });
    notices.dismiss(this.#notice);
    await this.#state.refresh();
    this.#images.list.refresh();
    return answer;
  }

  #next(work: () => Promise<void>): Promise<void> {
    const before = this.#tail;
    this.#tail = (async () => {
      await before;
      try {
        await work();
      } catch (error) {
        notices.fail(error);
      }
    })();
    return this.#tail;
  }
}
