import { untrack } from 'svelte';

/** Action that is available now, through the command palette, a key or the menu. */
export interface Action {
  /** Action ID. The menu and the keys run `undo` and `redo`. */
  readonly id: string;
  readonly label: string;
  /** Further search words. */
  readonly also?: string;
  /** Key as shown on this platform: `keymap.label`. */
  readonly keys?: string | undefined;
  readonly isPossible?: () => boolean;
  run(): void;
}

class Actions {
  list: readonly Action[] = $state.raw([]);

  /** Adds actions, before earlier ones; returns a function that removes them. */
  offer(actions: readonly Action[]): () => void {
    untrack(() => {
      this.list = [...actions, ...this.list];
    });
    return () => {
      this.list = this.list.filter((action) => !actions.includes(action));
    };
  }

  /** Runs an action by its ID; returns false if there is none. */
  run(id: string): boolean {
    const action = this.list.find((candidate) => candidate.id === id);
    if (action === undefined || action.isPossible?.() === false) return false;
    action.run();
    return true;
  }
}

export const actions = new Actions();
