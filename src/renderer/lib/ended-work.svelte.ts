import { SvelteSet } from 'svelte/reactivity';
import { text } from '../text/index.ts';
import { call } from './client.ts';
import { type EndedWork, type Sight, noticeOf } from './ended-work.ts';
import { notices } from './notices.svelte.ts';
import type { StepName } from './project-state.svelte.ts';
import { store, storedNumber } from './stored.ts';

/** Services of the window's frame. */
interface EndedWorkWorld {
  sight(): Sight;
  nameOf(project: number): string | undefined;
  open(project: number | null, step: StepName, run: number | undefined): void;
  isFocused(): boolean;
}

const setting = 'system-notifications';

/** Reports work that ended: by a notice, a mark at its project, or a system notification. */
class EndedWorkList {
  /** IDs of projects that have not been opened since work ended in them. */
  readonly unseen = new SvelteSet<number>();
  /** True if a system notification announces work that ends while the window is in the background. */
  isAnnouncing = $state(true);
  #world: EndedWorkWorld | null = null;

  /** Connects the list to the window; returns a function that disconnects it. */
  start(world: EndedWorkWorld): () => void {
    this.#world = world;
    this.isAnnouncing = storedNumber(setting, 1, 0, 1) === 1;
    return () => {
      this.#world = null;
    };
  }

  setAnnouncing(isOn: boolean): void {
    this.isAnnouncing = isOn;
    store(setting, Number(isOn));
  }

  /** Name of a project; undefined if unknown. */
  nameOf(project: number): string | undefined {
    return this.#world?.nameOf(project);
  }

  /** Opens a project at one of its steps. */
  go(project: number, step: StepName, run?: number): void {
    this.#world?.open(project, step, run);
  }

  /** Marks a project as seen. */
  see(project: number): void {
    this.unseen.delete(project);
  }

  /** Removes the mark of a deleted project, or all marks if the workspace changes. */
  forget(project?: number): void {
    if (project === undefined) this.unseen.clear();
    else this.unseen.delete(project);
  }

  report(work: EndedWork): void {
    const world = this.#world;
    const sight = world?.sight() ?? { project: null, step: null };
    const name = work.project === null ? undefined : world?.nameOf(work.project);
    const { message, offer, isNews } = noticeOf(work, sight, name);
    if (isNews && work.project !== null) this.unseen.add(work.project);
    if (message !== null) {
      const go = { label: work.open, run: () => world?.open(work.project, work.step, work.run) };
      const action = offer === 'own' ? work.action : offer === 'go' ? go : undefined;
      notices.add(work.kind, message, {
        isLasting: work.kind === 'attention',
        details: work.details,
        action,
      });
    }
    if (this.isAnnouncing && world?.isFocused() === false) void this.#announce(work);
  }

  async #announce(work: EndedWork): Promise<void> {
    const { project, step, run } = work;
    const title = (project === null ? undefined : this.#world?.nameOf(project)) ?? text.common.app;
    try {
      await call('shell.notify', {
        title: title.slice(0, 200),
        body: work.message.slice(0, 500),
        target: { project, step, run: run ?? null },
      });
    } catch (error) {
      // The notice in the window has the same message.
      console.error(error);
    }
  }
}

export const endedWork = new EndedWorkList();
