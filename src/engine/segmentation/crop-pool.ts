import { createHash } from 'node:crypto';
import { cropAround, randomCrop, squareOf } from '../../core/distill/crops.ts';
import type { Crop } from '../../core/distill/crops.ts';
import type { Orientation } from '../../core/distill/views.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import { Random } from '../../core/random.ts';
import type { Tensor } from '../../core/tensor.ts';
import { breathe, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import type { OpenImages } from './open-images.ts';
import { readScene } from './scene.ts';
import type { Scene } from './scene.ts';

/** A crop and the classes of its pixels. */
export interface LabelledCrop {
  /** (S, S, 3) bytes */
  readonly pixels: Uint8Array;
  /** Class of each pixel or 255, (S·S). */
  readonly labels: Uint8Array;
}

export interface CropPlan {
  readonly images: OpenImages;
  readonly scenes: readonly Scene[];
  /** Classes with the background, K. */
  readonly outputs: number;
  /** S, px */
  readonly side: number;
  readonly orientation: Orientation;
  readonly seed: number;
  /** Different crops. */
  readonly count: number;
}

/** Share of the crops that are cut around a pixel of a class that was drawn, each class as often as the others. */
const favoured = 0.5;

/**
 * Numbered crops of labelled images. Half of them are from anywhere, images in turn; the other half show a pixel of
 * a class that was drawn first, so that rare classes are seen as often as common ones. There are as many as are worth
 * having, not a new one each time, so that what a frozen encoder sees in one is computed once.
 */
export class CropPool {
  readonly #plan: CropPlan;
  /** By class, scenes that have it with some of its pixels there. */
  readonly #places: readonly (readonly { scene: number; pixels: readonly number[] }[])[];
  /** Classes that there is a pixel of, without the background. */
  readonly #classes: readonly number[];
  readonly #crops = new Map<number, Promise<LabelledCrop>>();

  constructor(plan: CropPlan) {
    this.#plan = plan;
    const { scenes, outputs } = plan;
    if (scenes.length === 0) throw new Error('there are no images to cut crops from');
    this.#places = Array.from({ length: outputs }, (_, value) =>
      scenes.flatMap(({ places }, scene) => {
        const pixels = places[value] ?? [];
        return pixels.length === 0 ? [] : [{ scene, pixels }];
      }),
    );
    this.#classes = this.#places.flatMap((having, value) =>
      value > 0 && having.length > 0 ? [value] : [],
    );
  }

  get count(): number {
    return this.#plan.count;
  }

  /** The same crop whenever it is asked for. */
  get(index: number): Promise<LabelledCrop> {
    const known = this.#crops.get(index);
    if (known) return known;
    const drawn = this.#draw(index);
    this.#crops.set(index, drawn);
    return drawn;
  }

  /** A digest of all crops: who learns from equal ones in the same order learns the same. */
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

  /** Which crops a step learns from: all in turn, shuffled anew each time all have been seen. */
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
    const { scene, crop } = this.#choose(index);
    const { width, height } = crop.box;
    const { pixels, labels } = await readScene(images, scene, crop.box);
    const mask = { width, height, channels: 1, data: labels };
    return {
      pixels: squareOf(pixels, side, crop.turn),
      labels: squareOf(mask, side, crop.turn),
    };
  }

  #choose(index: number): { scene: Scene; crop: Crop } {
    const { scenes, side, seed, orientation } = this.#plan;
    const random = new Random(seed, 0xc40b, index);
    if (random.uniform() < favoured && this.#classes.length > 0) {
      const value = this.#classes[random.integer(this.#classes.length)] ?? 0;
      const having = this.#places[value] ?? [];
      const found = having[random.integer(having.length)];
      const scene = scenes[found?.scene ?? 0];
      const pixel = found?.pixels[random.integer(found.pixels.length)] ?? 0;
      if (scene) {
        const at = { x: pixel % scene.width, y: Math.floor(pixel / scene.width) };
        return { scene, crop: cropAround(random, scene, side, orientation, at) };
      }
    }
    const scene = scenes[index % scenes.length];
    if (!scene) throw new Error(`there is no image for crop ${index}`);
    return { scene, crop: randomCrop(random, scene, side, orientation) };
  }
}

/**
 * Classes as the loss takes them: one at the class of each pixel, zeros where nothing is known.
 *
 * @param crops of P pixels each
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

/** Sum of the weights of known pixels. */
export function weightOfCrops(crops: readonly LabelledCrop[], classWeights: Float32Array): number {
  const counts = new Float64Array(256);
  for (const { labels } of crops) {
    for (const value of labels) counts[value] = (counts[value] ?? 0) + 1;
  }
  return classWeights.reduce((sum, weight, value) => sum + weight * (counts[value] ?? 0), 0);
}
