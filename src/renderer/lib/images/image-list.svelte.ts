import { SvelteMap } from 'svelte/reactivity';
import type { ImageFilter, LabelChange, ProjectImage } from '../../../contract/app.ts';
import { call } from '../client.ts';
import { notices } from '../notices.svelte.ts';
import { planPage, weave } from './page-plan.ts';
import { positionsOf, type Ranges } from '../ranges.ts';

const pageSize = 200;
/** Largest number of cached pages: 12,000 images. */
const cachedPages = 60;
const requestsAtOnce = 2;
/** Time in ms after a pointer move during which the list keeps still, since a click may follow. */
const pointedFor = 2000;

/**
 * Images of a project that match a filter, in the engine's order. Pages are fetched as they come into sight; the
 * most recently used ones are cached.
 */
export class ImageList {
  /** Number of matching images, departed ones included; null until the engine has answered. */
  total: number | null = $state(null);
  /** Counter of filter changes, by which a view knows when to scroll to the top. */
  lists = $state(0);
  filter: ImageFilter = $state.raw({ show: 'all', search: '' });
  /** True shortly after the pointer moved over the images: none should move under it. */
  isPointed = $state(false);
  #pointed = 0;
  readonly #project: number;
  readonly #onrenewed: () => void;
  readonly #pages = new SvelteMap<number, readonly ProjectImage[]>();
  /** Images that no longer match the filter, by position; they stay until the list is reloaded. */
  readonly #departed = new SvelteMap<number, ProjectImage>();
  /** Cached pages, the most recently used last. */
  #recent: number[] = [];
  #wanted: number[] = [];
  #requested: readonly number[] = [];
  /** Counter of changes; answers to requests from before a change are ignored. */
  #epoch = 0;
  #isStale = true;
  #waiting: (() => void)[] = [];

  /** @param onrenewed called when positions may refer to other images than before */
  constructor(project: number, filter: ImageFilter, onrenewed: () => void) {
    this.#project = project;
    this.#onrenewed = onrenewed;
    this.filter = filter;
  }

  get departed(): number {
    return this.#departed.size;
  }

  at(position: number): ProjectImage | undefined {
    return (
      this.#departed.get(position) ??
      this.#pages.get(Math.floor(position / pageSize))?.[position % pageSize]
    );
  }

  /** Records that the pointer moved over the images. */
  point(): void {
    this.isPointed = true;
    clearTimeout(this.#pointed);
    this.#pointed = window.setTimeout(() => (this.isPointed = false), pointedFor);
  }

  /** Position of an image; null if it is not cached. */
  positionOf(image: number): number | null {
    for (const [position, { id }] of this.#departed) if (id === image) return position;
    for (const [page, images] of this.#pages) {
      const index = images.findIndex(({ id }) => id === image);
      if (index >= 0) return page * pageSize + index;
    }
    return null;
  }

  /** Changes the filter and reloads from the top. */
  show(filter: Partial<ImageFilter>): void {
    this.filter = { ...this.filter, ...filter };
    this.lists++;
    this.reload();
  }

  /** Reloads the list. Visible images stay until the answer arrives. */
  reload(): void {
    this.#epoch++;
    this.#isStale = true;
    this.#requested = [];
    if (this.#wanted.length === 0) this.#wanted = [0];
    this.#fetch();
  }

  /** Reloads the data of the visible images at their positions; which images are listed has not changed. */
  refresh(): void {
    this.#epoch++;
    this.#requested = [];
    for (const page of [...this.#pages.keys()]) {
      if (!this.#wanted.includes(page)) this.#pages.delete(page);
    }
    for (const page of this.#wanted) {
      this.#load(page).catch((error: unknown) => {
        notices.fail(error);
      });
    }
  }

  /** Resolves when the latest reload has been answered. */
  renewed(): Promise<void> {
    if (!this.#isStale) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Sets the visible range, `[from, to)`, and fetches its pages. */
  need(from: number, to: number): void {
    const first = Math.floor(from / pageSize);
    const last = Math.floor(Math.max(from, to - 1) / pageSize);
    this.#wanted = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    this.#recent = [
      ...this.#recent.filter((page) => !this.#wanted.includes(page)),
      ...this.#wanted.filter((page) => this.#pages.has(page)),
    ];
    this.#fetch();
  }

  /** Images at some positions; missing pages are fetched. @throws RequestError */
  async resolve(ranges: Ranges): Promise<ProjectImage[]> {
    const images: ProjectImage[] = [];
    for (const position of positionsOf(ranges)) {
      for (let attempt = 0; attempt < 3 && this.at(position) === undefined; attempt++)
        await this.#load(Math.floor(position / pageSize));
      const image = this.at(position);
      if (image !== undefined) images.push(image);
    }
    return images;
  }

  /** Shows changes of labels that were just sent to the engine, before it answers. */
  apply(changes: readonly LabelChange[]): void {
    this.#epoch++;
    this.#requested = [];
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing watches what lives for one call
    const byImage = new Map(changes.map((change) => [change.image, change]));
    for (const [position, image] of this.#departed) this.#change(position, image, byImage);
    for (const [page, images] of this.#pages) {
      if (!images.some(({ id }) => byImage.has(id))) continue;
      images.forEach((image, index) => {
        this.#change(page * pageSize + index, image, byImage);
      });
    }
    // An image outside of the cached pages may match the filter now.
    if (byImage.size > 0 && this.filter.show !== 'all') this.reload();
    this.#fetch();
  }

  #change(position: number, image: ProjectImage, byImage: Map<number, LabelChange>): void {
    const change = byImage.get(image.id);
    if (change === undefined) return;
    byImage.delete(image.id);
    const { classes, isReviewed = classes !== null } = change;
    const changed = { ...image, isLabelled: classes !== null, classes: classes ?? [], isReviewed };
    if (fits(changed, this.filter)) this.#departed.delete(position);
    else this.#departed.set(position, changed);
    const page = Math.floor(position / pageSize);
    const images = this.#pages.get(page);
    if (images !== undefined) this.#pages.set(page, images.with(position % pageSize, changed));
  }

  #fetch(): void {
    for (const page of this.#wanted) {
      if (this.#requested.length >= requestsAtOnce) return;
      if (this.#requested.includes(page) || (this.#pages.has(page) && !this.#isStale)) continue;
      if (this.total !== null && !this.#isStale && page * pageSize >= this.total) continue;
      this.#load(page).catch((error: unknown) => {
        notices.fail(error);
      });
    }
  }

  async #load(page: number): Promise<void> {
    const epoch = this.#epoch;
    const isFirst = this.#isStale;
    const positions = isFirst ? [] : [...this.#departed.keys()].sort((a, b) => a - b);
    const total = isFirst || this.total === null ? Infinity : this.total;
    const plan = planPage(page, pageSize, total, positions);
    this.#requested = [...this.#requested, page];
    try {
      const answer = await call('image.page', {
        project: this.#project,
        filter: this.filter,
        offset: plan.offset,
        limit: Math.max(1, plan.limit),
      });
      if (epoch !== this.#epoch) return;
      if (isFirst) this.#begin(answer.total);
      else if (answer.total + this.#departed.size !== this.total) {
        this.reload();
        return;
      }
      const listed = answer.images.slice(0, plan.limit);
      const to = Math.min(plan.to, this.total ?? 0);
      this.#keep(page, weave({ ...plan, to }, listed, this.#departed));
    } finally {
      if (epoch === this.#epoch) this.#requested = this.#requested.filter((one) => one !== page);
    }
    this.#fetch();
  }

  #begin(total: number): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#pages.clear();
    this.#departed.clear();
    this.#recent = [];
    this.total = total;
    this.#onrenewed();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #keep(page: number, images: readonly ProjectImage[]): void {
    this.#pages.set(page, images);
    this.#recent = [...this.#recent.filter((other) => other !== page), page];
    for (const old of this.#recent.splice(0, this.#recent.length - cachedPages))
      this.#pages.delete(old);
  }
}

/** True if the engine would list an image under a filter, as far as its labels are known. */
export function fits(image: ProjectImage, { show }: Pick<ImageFilter, 'show'>): boolean {
  switch (show) {
    case 'all':
      return true;
    // Set by hand or drawn by chance: only the engine knows, so its list is kept.
    case 'test':
      return true;
    case 'unlabelled':
      return !image.isLabelled;
    case 'to-label':
      return !image.isLabelled && !image.isTest;
    case 'labelled':
      return image.isLabelled;
    case 'draft':
      return image.mask === 'draft';
    case 'predicted':
      return image.isPredicted === true && !image.isLabelled;
    case 'review':
      return !image.isLabelled || image.isReviewed !== true;
    default:
      return image.classes.includes(show);
  }
}
