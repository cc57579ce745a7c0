import type { Run, RunMask } from '../../../../contract/app.ts';
import type { MaskLayer, ModelLayer } from '../../../../contract/masks.ts';
import { call } from '../../../lib/client.ts';

/** At first, and as many more at each asking. */
const portion = 60;

/** What is looked at of the masks of one run's test images. */
export class MaskComparison {
  /** The student's worst first; null until they are known. */
  images = $state.raw<readonly RunMask[] | null>(null);
  failure = $state<string | null>(null);
  /** What is on the left of the line: what is true, or what one of them said. */
  first = $state<MaskLayer>('human');
  /** What is on its right. */
  second = $state<ModelLayer>('student');
  mode = $state<'wipe' | 'difference'>('wipe');
  /** Of the image's width, on the left of the line. */
  share = $state(0.5);
  /** Of fills, in [0, 1]. */
  opacity = $state(0.45);
  isHidden = $state(false);
  #position = $state(0);
  #limit = $state(portion);
  readonly run: number;

  constructor(run: Pick<Run, 'id'>) {
    this.run = run.id;
  }

  readonly listed: readonly RunMask[] = $derived((this.images ?? []).slice(0, this.#limit));
  /** The one that is shown large. */
  readonly chosen: RunMask | undefined = $derived(this.images?.[this.#position]);

  get left(): number {
    return Math.min(portion, (this.images?.length ?? 0) - this.listed.length);
  }

  get position(): number {
    return this.#position;
  }

  async load(): Promise<void> {
    this.failure = null;
    try {
      this.images = await call('run.masks', { run: this.run });
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  more(): void {
    this.#limit += portion;
  }

  /** Shows another image: one that there is, nearest to what is asked. */
  choose(position: number): void {
    const last = (this.images?.length ?? 1) - 1;
    this.#position = Math.min(last, Math.max(0, position));
    while (this.#position >= this.#limit) this.more();
  }

  /** Whose mask is on the right; nobody is compared with himself. */
  see(who: ModelLayer): void {
    this.second = who;
    if (this.first === who) this.first = 'human';
    this.isHidden = false;
  }

  compareWith(first: MaskLayer): void {
    if (first !== this.second) this.first = first;
  }

  toggleDifference(): void {
    this.mode = this.mode === 'wipe' ? 'difference' : 'wipe';
    this.isHidden = false;
  }

  /** Moves the line, in shares of the image. */
  move(by: number): void {
    this.share = Math.min(1, Math.max(0, Math.round((this.share + by) * 1000) / 1000));
  }
}
