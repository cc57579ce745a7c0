import { toPlanes } from '../../core/distill/views.ts';
import { tokenCount } from '../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { elementCount } from '../../core/tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { readResult } from '../../runtime/executor.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../../runtime/executor.ts';
import { DevicePieces } from '../devices/device-pieces.ts';
import type { Named } from '../devices/device-pieces.ts';
import type { NumberedView, ViewSource } from '../images/view-source.ts';
import type { TrainingPlan } from './training-plan.ts';

interface HostEntry {
  /** View, (S, S, C) bytes. */
  readonly view: Uint8Array;
  /** Output of the teacher's last block, (N, D). */
  readonly features: Float32Array;
}

/** `images` (1, C, S, S) in [0, 1] and `targets` (1, N, D), on the training device. */
type DeviceEntry = Named<Held, DeviceTensor>;

/** Inputs of a step from one view. */
type Held = 'images' | 'targets';

type Entry = HostEntry | DeviceEntry;

/** A newly computed view that is not cached yet. */
interface Fresh {
  readonly view: Uint8Array;
  readonly entry: Entry;
}

/** Returns the size of one view and its targets, bytes. */
export function entryBytes(teacher: VitArchitecture): number {
  const { imageSize, channels, width } = teacher;
  return imageSize * imageSize * channels + 4 * tokenCount(teacher) * width;
}

/**
 * Returns the number of targets to compute for so many samples: each view once, and those that do not fit the cache
 * again in each round. Exact except within a partial round of images.
 *
 * @param views different views, of all images
 * @param capacity entries that fit the cache
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
 * Cache of views and teacher targets. The teacher is frozen and a view is determined by its number, so each is
 * computed once and kept while there is room. The first entries stay: views recur in a fixed order, and replacing the
 * oldest would evict each just before it is needed.
 *
 * If the device keeps its results, entries stay there as far as it has room, and nothing is uploaded for a cached
 * view; further entries are kept in the processor's memory.
 */
export class TargetCache {
  readonly imageCount: number;
  readonly #plan: TrainingPlan;
  readonly #source: ViewSource;
  readonly #teacher: LoadedGraph;
  readonly #shapes: Named<Held, readonly number[]>;
  readonly #pieces: DevicePieces<Held> | undefined;
  readonly #entries = new Map<number, Entry>();
  #freeBytes: number;
  #freeDeviceBytes: number;
  #asked = 0;
  #hits = 0;

  /**
   * Cache for a training.
   *
   * @param teacher graph `images` → `targets`, any batch size
   * @param executor executor of teacher and student
   * @param deviceBytes budget in the device's memory
   */
  constructor(
    plan: TrainingPlan,
    source: ViewSource,
    teacher: LoadedGraph,
    executor: Pick<Executor, 'keepsResults' | 'load'>,
    deviceBytes: number,
  ) {
    const { architecture } = plan.teacher;
    const { channels, imageSize, width } = architecture;
    this.#shapes = {
      images: [channels, imageSize, imageSize],
      targets: [tokenCount(architecture), width],
    };
    this.imageCount = source.count;
    this.#plan = plan;
    this.#source = source;
    this.#teacher = teacher;
    this.#pieces = executor.keepsResults ? new DevicePieces(executor, this.#shapes) : undefined;
    this.#freeBytes = plan.cacheBytes;
    this.#freeDeviceBytes = this.#pieces ? deviceBytes : 0;
  }

  /** Share of the targets that did not have to be computed. */
  get hitRate(): number {
    return this.#asked === 0 ? 0 : this.#hits / this.#asked;
  }

  /**
   * Inputs of a step: `images` (B, C, S, S) in [0, 1] and `targets` (B, N, D); the caller disposes them.
   *
   * @param next following samples, of which missing views are prefetched
   */
  async batch(
    samples: readonly NumberedView[],
    next: readonly NumberedView[] = [],
  ): Promise<Named<Held, Tensor | DeviceTensor>> {
    const missing = this.#missing(samples);
    const drawn = [...missing.values()].map(({ image, view }) => this.#source.draw(image, view));
    const expected = [...this.#missing(next)].filter(([key]) => !missing.has(key));
    this.#source.expect?.(expected.map(([, sample]) => sample));
    const fresh = await this.#compute([...missing.keys()], await Promise.all(drawn));
    this.#asked += samples.length;
    this.#hits += samples.length - fresh.size;
    const entries = samples.map((sample) => {
      const key = this.#keyOf(sample);
      const entry = this.#entries.get(key) ?? fresh.get(key)?.entry;
      if (!entry) throw new Error(`no targets of view ${key}`);
      return entry;
    });
    const fed = this.#pieces
      ? await this.#pieces.join(
          entries.map((entry) => (isOfHost(entry) ? this.#tensors([entry]) : entry)),
        )
      : this.#tensors(entries.filter(isOfHost));
    for (const [key, each] of fresh) await this.#keep(key, each);
    return fed;
  }

  async dispose(): Promise<void> {
    for (const entry of this.#entries.values()) disposeEntry(entry);
    this.#entries.clear();
    await this.#pieces?.dispose();
  }

  #keyOf({ image, view }: NumberedView): number {
    return image * this.#plan.views + view;
  }

  #missing(samples: readonly NumberedView[]): ReadonlyMap<number, NumberedView> {
    const keyed = samples.map((sample) => [this.#keyOf(sample), sample] as const);
    return new Map(keyed.filter(([key]) => !this.#entries.has(key)));
  }

  async #compute(
    keys: readonly number[],
    views: readonly Uint8Array[],
  ): Promise<ReadonlyMap<number, Fresh>> {
    if (views.length === 0) return new Map();
    const images = this.#pixels(views);
    const entries = this.#pieces
      ? await this.#computeThere(this.#pieces, images)
      : await this.#computeHere(views, images);
    return new Map(
      keys.flatMap((key, index) => {
        const [view, entry] = [views[index], entries[index]];
        return view && entry ? [[key, { view, entry }] as const] : [];
      }),
    );
  }

  async #computeHere(views: readonly Uint8Array[], images: Tensor): Promise<HostEntry[]> {
    const targets = await readResult(await this.#teacher.run({ images }), 'targets');
    const size = elementCount(this.#shapes.targets);
    return views.map((view, index) => ({
      view,
      features: targets.data.slice(index * size, (index + 1) * size),
    }));
  }

  async #computeThere(pieces: DevicePieces<Held>, images: Tensor): Promise<DeviceEntry[]> {
    const uploaded = await pieces.upload(images);
    const targets = (await this.#teacher.run({ images: uploaded })).get('targets');
    if (!targets) throw new Error('the teacher gave no targets');
    const whole = { images: uploaded, targets };
    const entries = await pieces.split(whole, images.shape[0] ?? 0);
    disposeEntry(whole);
    return entries;
  }

  /** Caches a computed view if there is room; disposes device tensors that are not kept. */
  async #keep(key: number, { view, entry }: Fresh): Promise<void> {
    if (isOfHost(entry)) {
      this.#keepHere(key, entry);
      return;
    }
    const size = 4 * (elementCount(this.#shapes.images) + elementCount(this.#shapes.targets));
    if (size <= this.#freeDeviceBytes) {
      this.#freeDeviceBytes -= size;
      this.#entries.set(key, entry);
      return;
    }
    if (entryBytes(this.#plan.teacher.architecture) <= this.#freeBytes) {
      const { data } = await entry.targets.read();
      this.#keepHere(key, { view, features: data });
    }
    disposeEntry(entry);
  }

  #keepHere(key: number, entry: HostEntry): void {
    const size = entry.view.byteLength + entry.features.byteLength;
    if (size > this.#freeBytes) return;
    this.#freeBytes -= size;
    this.#entries.set(key, entry);
  }

  #tensors(entries: readonly HostEntry[]): { images: Tensor; targets: Tensor } {
    const size = elementCount(this.#shapes.targets);
    const data = new Float32Array(entries.length * size);
    entries.forEach(({ features }, index) => {
      data.set(features, index * size);
    });
    return {
      images: this.#pixels(entries.map(({ view }) => view)),
      targets: { shape: [entries.length, ...this.#shapes.targets], data },
    };
  }

  /** Converts views (S, S, C) of bytes to (B, C, S, S) in [0, 1]. */
  #pixels(views: readonly Uint8Array[]): Tensor {
    const { imageSize, channels } = this.#plan.teacher.architecture;
    const size = elementCount(this.#shapes.images);
    const data = new Float32Array(views.length * size);
    views.forEach((view, index) => {
      toPlanes(view, 1, imageSize, channels, data.subarray(index * size, (index + 1) * size));
    });
    return { shape: [views.length, ...this.#shapes.images], data };
  }
}

function isOfHost(entry: Entry): entry is HostEntry {
  return 'view' in entry;
}

function disposeEntry(entry: Entry): void {
  if (isOfHost(entry)) return;
  entry.images.dispose();
  entry.targets.dispose();
}
