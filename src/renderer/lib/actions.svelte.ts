import { untrack } from 'svelte';

/** Something that can be done now: found in the palette, by its key, or through the menu. */
export interface Action {
  /** `undo` and `redo` answer to the menu and to their keys. */
  readonly id: string;
  readonly label: string;
  /** Words that it is found by as well. */
  readonly also?: string;
  /** Its key, as this machine's keyboard names it: `keymap.label`. */
  readonly keys?: string;
  readonly isPossible?: () => boolean;
  run(): void;
}

class Actions {
  list: readonly Action[] = $state.raw([]);

  /** Offers actions until the function that it returns is called; later ones come first. */
  offer(actions: readonly Action[]): () => void {
    untrack(() => {
      this.list = [...actions, ...this.list];
    });
    return () => {
      this.list = this.list.filter((action) => !actions.includes(action));
    };
  }

  /** Runs an action by its id; says whether there was one. */
  run(id: string): boolean {
    const action = this.list.find((candidate) => candidate.id === id);
    if (action === undefined || action.isPossible?.() === false) return false;
    action.run();
    return true;
  }
}

export const actions = new Actions();
