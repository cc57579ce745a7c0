import { toPlanes } from '../core/distill/views.ts';
import { tokenCount } from '../core/vit/architecture.ts';
import type { VitArchitecture } from '../core/vit/architecture.ts';
import { elementCount } from '../core/tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import { readResult } from '../runtime/executor.ts';
import type { DeviceTensor, Executor, LoadedGraph } from '../runtime/executor.ts';
import { DevicePieces } from './device-pieces.ts';
import type { Named } from './device-pieces.ts';
import type { NumberedView, ViewSource } from './view-source.ts';
import type { TrainingPlan } from './training-plan.ts';

interface HostEntry {
  /** The view, (S, S, C) bytes. */
  readonly view: Uint8Array;
  /** The teacher's last block for it, (N, D). */
  readonly features: Float32Array;
}

/** `images` (1, C, S, S) in [0, 1] and `targets` (1, N, D), where the student will be trained on them. */
type DeviceEntry = Named<Held, DeviceTensor>;

/** What a step takes of a view. */
type Held = 'images' | 'targets';

type Entry = HostEntry | DeviceEntry;

/** What was just computed of a view, which is at hand still. */
interface Fresh {
  readonly view: Uint8Array;
  readonly entry: Entry;
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
 *
 * On a device that keeps its results they stay there, while it has room for them, and nothing is uploaded for a view
 * that was seen; others are kept by the processor.
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
   * @param teacher `images` → `targets`, any batch
   * @param executor on which teacher and student run
   * @param deviceBytes of what it keeps, that may be kept there
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
   * `images` (B, C, S, S) in [0, 1] and `targets` (B, N, D), the caller's.
   *
   * @param next samples that will be asked for after these: what is missing of them is drawn meanwhile
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
    const entries = await pieces.apart(whole, images.shape[0] ?? 0);
    disposeEntry(whole);
    return entries;
  }

  /** Keeps what was computed where there is room for it; the device's is disposed where it has none. */
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

  /** Views (S, S, C) of bytes as (B, C, S, S) in [0, 1]. */
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
