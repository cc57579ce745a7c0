import { createHash } from 'node:crypto';
import { cropAround, extendToSquare, randomCrop } from '../../../core/distill/crops.ts';
import type { Crop } from '../../../core/distill/crops.ts';
import type { Orientation } from '../../../core/distill/views.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import { Random } from '../../../core/random.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { breathe, throwIfCancelled } from '../../job.ts';
import type { JobContext } from '../../job.ts';
import type { OpenImages } from '../../images/open-images.ts';
import { readMaskedRegion } from './data/masked-image.ts';
import type { MaskedImage } from './data/masked-image.ts';

/** A crop with the classes of its pixels. */
export interface LabelledCrop {
  /** Pixel values, (S, S, 3) bytes. */
  readonly pixels: Uint8Array;
  /** Class of each pixel or 255, (S·S). */
  readonly labels: Uint8Array;
}

export interface CropPlan {
  readonly images: OpenImages;
  readonly maskedImages: readonly MaskedImage[];
  /** Number of classes K, background included. */
  readonly outputs: number;
  /** Side S, px. */
  readonly side: number;
  readonly orientation: Orientation;
  readonly seed: number;
  /** Number of different crops. */
  readonly count: number;
}

/** Share of the crops that are centred on a pixel of a random class, each class equally often. */
const favoured = 0.5;

/**
 * Numbered crops of labelled images. Half of them are from anywhere, images in turn; the other half are centred on a
 * pixel of a random class, so that rare classes occur as often as common ones. Their number is fixed, so that the
 * output of a frozen encoder for a crop is computed only once.
 */
export class CropPool {
  readonly #plan: CropPlan;
  /** Images that show each class, with some of its pixels. */
  readonly #places: readonly (readonly { masked: number; pixels: readonly number[] }[])[];
  /** Classes with at least one pixel, without the background. */
  readonly #classes: readonly number[];
  readonly #crops = new Map<number, Promise<LabelledCrop>>();

  constructor(plan: CropPlan) {
    this.#plan = plan;
    const { maskedImages, outputs } = plan;
    if (maskedImages.length === 0) throw new Error('there are no images to cut crops from');
    this.#places = Array.from({ length: outputs }, (_, value) =>
      maskedImages.flatMap(({ places }, masked) => {
        const pixels = places[value] ?? [];
        return pixels.length === 0 ? [] : [{ masked, pixels }];
      }),
    );
    this.#classes = this.#places.flatMap((having, value) =>
      value > 0 && having.length > 0 ? [value] : [],
    );
  }

  get count(): number {
    return this.#plan.count;
  }

  /** Reads a crop; always the same for an index. */
  get(index: number): Promise<LabelledCrop> {
    const known = this.#crops.get(index);
    if (known) return known;
    const drawn = this.#draw(index);
    this.#crops.set(index, drawn);
    return drawn;
  }

  /** Returns the digest of all crops: training on equal crops in the same order gives equal results. */
  async digest(context: JobContext): Promise<string> {
    const hash = createHash('sha256');
    for (let index = 0; index < this.count; index++) {
      throwIfCancelled(context);
      const { pixels, labels } = await this.get(index);
      hash.update(pixels).update(labels);
      await breathe();
    }
    return hash.digest('hex');
  }

  /** Crops of a step: all in turn, reshuffled after each full round. */
  ofStep(step: number, batch: number): number[] {
    const { count, seed } = this.#plan;
    const every = Array.from({ length: count }, (_, index) => index);
    const chosen: number[] = [];
    let order: { round: number; crops: readonly number[] } = { round: -1, crops: [] };
    for (let position = step * batch; position < (step + 1) * batch; position++) {
      const round = Math.floor(position / count);
      if (round !== order.round) {
        order = { round, crops: new Random(seed, 0xc809, round).shuffled(every) };
      }
      chosen.push(order.crops[position % count] ?? 0);
    }
    return chosen;
  }

  async #draw(index: number): Promise<LabelledCrop> {
    const { images, side } = this.#plan;
    const { masked, crop } = this.#choose(index);
    const { width, height } = crop.box;
    const { pixels, labels } = await readMaskedRegion(images, masked, crop.box);
    const mask = { width, height, channels: 1, data: labels };
    return {
      pixels: extendToSquare(pixels, side, crop.turn),
      labels: extendToSquare(mask, side, crop.turn),
    };
  }

  #choose(index: number): { masked: MaskedImage; crop: Crop } {
    const { maskedImages, side, seed, orientation } = this.#plan;
    const random = new Random(seed, 0xc40b, index);
    if (random.uniform() < favoured && this.#classes.length > 0) {
      const value = this.#classes[random.integer(this.#classes.length)] ?? 0;
      const having = this.#places[value] ?? [];
      const found = having[random.integer(having.length)];
      const masked = maskedImages[found?.masked ?? 0];
      const pixel = found?.pixels[random.integer(found.pixels.length)] ?? 0;
      if (masked) {
        const at = { x: pixel % masked.width, y: Math.floor(pixel / masked.width) };
        return { masked, crop: cropAround(random, masked, side, orientation, at) };
      }
    }
    const masked = maskedImages[index % maskedImages.length];
    if (!masked) throw new Error(`there is no image for crop ${index}`);
    return { masked, crop: randomCrop(random, masked, side, orientation) };
  }
}

/**
 * Returns the one-hot classes for the loss: 1 at the class of each pixel, zeros for unknown pixels.
 *
 * @param crops crops of P pixels each
 * @returns (B, P, K)
 */
export function oneHot(crops: readonly LabelledCrop[], outputs: number): Tensor {
  const pixels = crops[0]?.labels.length ?? 0;
  const data = new Float32Array(crops.length * pixels * outputs);
  let row = 0;
  for (const { labels } of crops) {
    for (const value of labels) {
      if (value !== ignoreValue) data[row + value] = 1;
      row += outputs;
    }
  }
  return { shape: [crops.length, pixels, outputs], data };
}

/** Returns the sum of the class weights of known pixels. */
export function weightOfCrops(crops: readonly LabelledCrop[], classWeights: Float32Array): number {
  const counts = new Float64Array(256);
  for (const { labels } of crops) {
    for (const value of labels) counts[value] = (counts[value] ?? 0) + 1;
  }
  return classWeights.reduce((sum, weight, value) => sum + weight * (counts[value] ?? 0), 0);
}
