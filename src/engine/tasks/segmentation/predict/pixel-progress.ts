import type { FoundImage } from '../../../../formats/labels/labelled-images.ts';
import { PhaseProgress } from '../../../job.ts';
import type { JobContext } from '../../../job.ts';

/** Progress over all images, by pixels. */
export class PixelProgress {
  readonly #progress: PhaseProgress;
  readonly #sizes: ReadonlyMap<FoundImage, number>;
  #finished = 0;
  readonly #done = new Set<FoundImage>();

  constructor(context: JobContext, sizes: ReadonlyMap<FoundImage, number>) {
    this.#sizes = sizes;
    const total = [...sizes.values()].reduce((sum, pixels) => sum + pixels, 0);
    this.#progress = new PhaseProgress(context, 'pixels', total);
  }

  /** @param share completed share of the image, [0, 1] */
  advance(image: FoundImage, share: number): void {
    if (this.#done.has(image)) return;
    const pixels = this.#sizes.get(image) ?? 0;
    this.#progress.advance(this.#finished + Math.round(share * pixels));
    if (share === 1) this.finish(image);
  }

  finish(image: FoundImage): void {
    if (this.#done.has(image)) return;
    this.#done.add(image);
    this.#finished += this.#sizes.get(image) ?? 0;
    this.#progress.advance(this.#finished);
  }
}
