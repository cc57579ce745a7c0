import { toPlanes } from '../core/distill/views.ts';
import { tokenCount } from '../core/vit/architecture.ts';
import type { VitArchitecture } from '../core/vit/architecture.ts';
import { readResult } from '../runtime/executor.ts';
import type { LoadedGraph } from '../runtime/executor.ts';
import type { Sample, TrainingPlan } from './training.ts';
import type { ViewSource } from './view-source.ts';

interface Entry {
  /** The view, (S, S, C) bytes. */
  readonly view: Uint8Array;
  /** The teacher's last block for it, (N, D). */
  readonly features: Float32Array;
}

/** Bytes that one view and its targets take. */
export function entryBytes(teacher: VitArchitecture): number {
  const { imageSize, channels, width } = teacher;
  return imageSize * imageSize * channels + 4 * tokenCount(teacher) * width;
}

/**
 * How many targets must be computed for so many samples: all views once, and again each time they come
 * round those that found no room. Exact but for a part of a round of images.
 *
 * @param views different ones, of all images
 * @param capacity entries that have room
 */
export function targetMisses(samples: number, views: number, capacity: number): number {
  if (views === 0) return 0;
  const room = Math.min(capacity, views);
  const rounds = Math.floor(samples / views);
  if (rounds === 0) return samples;
  const rest = samples - rounds * views;
  return views + (rounds - 1) * (views - room) + Math.max(0, rest - room);
}

/**
 * Views and what the teacher says about them. The teacher is frozen and a view is defined by its
 * number, so each is computed once and kept while there is room. The first ones stay: views come round
 * in turn, and replacing the oldest would evict each just before it is needed.
 */
export class TargetCache {
  /** Shape of an image's targets: (N, D). */
  readonly shape: readonly [number, number];
  readonly imageCount: number;
  readonly #plan: TrainingPlan;
  readonly #source: ViewSource;
  readonly #teacher: LoadedGraph;
  readonly #entries = new Map<number, Entry>();
  #freeBytes: number;
  #asked = 0;
  #hits = 0;

  /** @param teacher `images` → `targets`, any batch */
  constructor(plan: TrainingPlan, source: ViewSource, teacher: LoadedGraph) {
    const { architecture } = plan.teacher;
    this.shape = [tokenCount(architecture), architecture.width];
    this.imageCount = source.count;
    this.#plan = plan;
    this.#source = source;
    this.#teacher = teacher;
    this.#freeBytes = plan.cacheBytes;
  }

  /** Share of the targets that did not have to be computed. */
  get hitRate(): number {
    return this.#asked === 0 ? 0 : this.#hits / this.#asked;
  }

  /** Images (B, C, S, S) in [0, 1] and the teacher's features (B, N, D). */
  async batch(
    samples: readonly Sample[],
  ): Promise<{ images: Float32Array; features: Float32Array }> {
    const { imageSize, channels } = this.#plan.teacher.architecture;
    const entries = await this.#entriesOf(samples);
    const viewBytes = imageSize * imageSize * channels;
    const [tokens, width] = this.shape;
    const bytes = new Uint8Array(samples.length * viewBytes);
    const features = new Float32Array(samples.length * tokens * width);
    entries.forEach((entry, index) => {
      bytes.set(entry.view, index * viewBytes);
      features.set(entry.features, index * tokens * width);
    });
    const images = new Float32Array(bytes.length);
    toPlanes(bytes, samples.length, imageSize, channels, images);
    return { images, features };
  }

  async #entriesOf(samples: readonly Sample[]): Promise<Entry[]> {
    const keys = samples.map(({ image, view }) => image * this.#plan.views + view);
    const found = new Map<number, Entry>();
    const missing: { key: number; sample: Sample }[] = [];
    samples.forEach((sample, index) => {
      const key = keys[index] ?? 0;
      const entry = this.#entries.get(key);
      if (entry) found.set(key, entry);
      else if (!missing.some((other) => other.key === key)) missing.push({ key, sample });
    });
    this.#asked += samples.length;
    this.#hits += samples.length - missing.length;
    const fresh = await this.#compute(missing.map(({ sample }) => sample));
    fresh.forEach((entry, index) => {
      const key = missing[index]?.key ?? 0;
      found.set(key, entry);
      const size = entry.view.byteLength + entry.features.byteLength;
      if (size > this.#freeBytes) return;
      this.#freeBytes -= size;
      this.#entries.set(key, entry);
    });
    return keys.flatMap((key) => found.get(key) ?? []);
  }

  async #compute(samples: readonly Sample[]): Promise<Entry[]> {
    if (samples.length === 0) return [];
    const { imageSize, channels } = this.#plan.teacher.architecture;
    const views = await Promise.all(
      samples.map(({ image, view }) => this.#source.draw(image, view)),
    );
    const bytes = new Uint8Array(samples.length * imageSize * imageSize * channels);
    views.forEach((view, index) => {
      bytes.set(view, index * view.length);
    });
    const data = new Float32Array(bytes.length);
    toPlanes(bytes, samples.length, imageSize, channels, data);
    const shape = [samples.length, channels, imageSize, imageSize];
    const results = await this.#teacher.run({ images: { shape, data } });
    const targets = await readResult(results, 'targets');
    const size = this.shape[0] * this.shape[1];
    return views.map((view, index) => ({
      view,
      features: targets.data.slice(index * size, (index + 1) * size),
    }));
  }
}
