import type { MaskState } from '../../../../contract/masks.ts';
import { call } from '../../../lib/client.ts';
import type { Direction } from '../../../lib/history.ts';
import { notices } from '../../../lib/notices.svelte.ts';
import type { MaskSession } from '../mask-session.svelte.ts';
import type { MaskRevisions } from './mask-revisions.ts';
import type { MaskSteps } from './mask-steps.svelte.ts';

/** Editor whose open mask is marked. */
interface MarksPlace {
  open(): MaskSession | null;
  readonly steps: MaskSteps;
  readonly revisions: MaskRevisions;
  /** Saves all edits; resolves to false if that failed. */
  flush(): Promise<boolean>;
  /** Called after the state changed; `step` is its direction if this is part of undo or redo. */
  marked(image: number, before: MaskState, step: Direction | undefined): void;
}

/** Marks the open mask as done or draft. */
export class MaskMarks {
  readonly #place: MarksPlace;
  /** Number of unanswered requests. */
  #requests = 0;

  constructor(place: MarksPlace) {
    this.#place = place;
  }

  /** True while a request is unanswered. */
  get isBusy(): boolean {
    return this.#requests > 0;
  }

  /**
   * Marks the mask as an undo step; returns true if it succeeded.
   *
   * @param isJoined true to join it with the preceding edit into one undo step
   */
  set(state: MaskState, isJoined = false): Promise<boolean> {
    const { steps } = this.#place;
    return steps.inTurn(async () => {
      const open = this.#place.open();
      const before = await this.mark(state);
      if (open === null || before === null) return false;
      if (before !== state) steps.addMark(open.image, before, state, isJoined);
      return true;
    });
  }

  /**
   * Marks the mask without adding an undo step.
   *
   * @param step direction, if this is part of undo or redo
   * @returns the previous state; null if it failed
   */
  async mark(state: MaskState, step?: Direction): Promise<MaskState | null> {
    const open = this.#place.open();
    if (open === null) return null;
    this.#requests++;
    try {
      if (!(await this.#place.flush())) return null;
      const before = open.info('human')?.state ?? 'draft';
      const info = await call('mask.setState', { image: open.image.id, state });
      open.take(info);
      if (before !== state) this.#place.marked(open.image.id, before, step);
      this.#place.revisions.read(open.image.id, info.revision);
      return before;
    } catch (error) {
      notices.fail(error);
      return null;
    } finally {
      this.#requests--;
    }
  }
}
