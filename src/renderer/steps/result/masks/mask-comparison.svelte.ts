import type { Run, RunMask } from '../../../../contract/app.ts';
import type { MaskLayer, ModelLayer } from '../../../../contract/masks.ts';
import { call } from '../../../lib/client.ts';
import { errorMessage } from '../../../lib/error-message.ts';

/** Number of images listed at first, and added each time. */
const pageSize = 60;

/** State of the comparison of masks of one run's test images. */
export class MaskComparison {
  /** Test images, those with the student's lowest score first; null until they are loaded. */
  images = $state.raw<readonly RunMask[] | null>(null);
  failure = $state<string | null>(null);
  /** Mask on the left of the line: the outlined one, or a model's. */
  first = $state<MaskLayer>('human');
  /** Model whose mask is on the right of the line. */
  second = $state<ModelLayer>('student');
  mode = $state<'wipe' | 'difference'>('wipe');
  /** Position of the line, as a share of the image's visible width. */
  share = $state(0.5);
  /** Opacity of fills, in [0, 1]. */
  opacity = $state(0.45);
  isHidden = $state(false);
  #position = $state(0);
  #limit = $state(pageSize);
  readonly run: number;

  constructor(run: Pick<Run, 'id'>) {
    this.run = run.id;
  }

  readonly listed: readonly RunMask[] = $derived((this.images ?? []).slice(0, this.#limit));
  /** The image on the stage. */
  readonly chosen: RunMask | undefined = $derived(this.images?.[this.#position]);

  get left(): number {
    return Math.min(pageSize, (this.images?.length ?? 0) - this.listed.length);
  }

  get position(): number {
    return this.#position;
  }

  async load(): Promise<void> {
    this.failure = null;
    try {
      this.images = await call('run.masks', { run: this.run });
    } catch (error) {
      this.failure = errorMessage(error);
    }
  }

  more(): void {
    this.#limit += pageSize;
  }

  /** Shows the image at a position, which is limited to the list. */
  choose(position: number): void {
    const last = (this.images?.length ?? 1) - 1;
    this.#position = Math.min(last, Math.max(0, position));
    while (this.#position >= this.#limit) this.more();
  }

  /** Shows a model's mask on the right; if it was on the left, the outlined mask takes its place there. */
  showPrediction(who: ModelLayer): void {
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

  /** Moves the line by a share of the image. */
  move(by: number): void {
    this.share = Math.min(1, Math.max(0, Math.round((this.share + by) * 1000) / 1000));
  }
}
