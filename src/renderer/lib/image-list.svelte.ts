import { SvelteMap } from 'svelte/reactivity';
import type { ImageFilter, LabelChange, ProjectImage } from '../../contract/app.ts';
import { call } from './client.ts';
import { notices } from './notices.svelte.ts';
import { planPage, weave } from './page-plan.ts';
import { positionsOf, type Ranges } from './ranges.ts';

const pageSize = 200;
/** Pages kept: 12,000 images. */
const keptPages = 60;
const requestsAtOnce = 2;

/**
 * The images of a project that fit a filter, in the engine's order. Pages are fetched as they come into
 * sight and the ones used last are kept.
 */
export class ImageList {
  /** Images that fit, with those that departed since; null until the engine has answered. */
  total: number | null = $state(null);
  /** Counts the lists that were begun, so that a view knows when to go back to the top. */
  lists = $state(0);
  filter: ImageFilter = $state.raw({ show: 'all', search: '' });
  readonly #project: number;
  readonly #onrenewed: () => void;
  readonly #pages = new SvelteMap<number, readonly ProjectImage[]>();
  /** Images that no longer fit the filter, by position: they stay until they are put away. */
  readonly #departed = new SvelteMap<number, ProjectImage>();
  /** Pages by last use, the latest last. */
  #recent: number[] = [];
  #wanted: number[] = [];
  #asked: readonly number[] = [];
  /** What is in flight from before a change is of no use. */
  #epoch = 0;
  #isStale = true;
  #waiting: (() => void)[] = [];

  /** @param onrenewed hears when positions may mean other images than before */
  constructor(project: number, show: ImageFilter['show'], onrenewed: () => void) {
    this.#project = project;
    this.#onrenewed = onrenewed;
    this.filter = { show, search: '' };
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

  /** Where an image is, if it is here. */
  positionOf(image: number): number | null {
    for (const [position, { id }] of this.#departed) if (id === image) return position;
    for (const [page, images] of this.#pages) {
      const index = images.findIndex(({ id }) => id === image);
      if (index >= 0) return page * pageSize + index;
    }
    return null;
  }

  /** Another filter: another list, from its top. */
  show(filter: Partial<ImageFilter>): void {
    this.filter = { ...this.filter, ...filter };
    this.lists++;
    this.reload();
  }

  /** Asks again. What is in sight stays until the answer is there. */
  reload(): void {
    this.#epoch++;
    this.#isStale = true;
    this.#asked = [];
    if (this.#wanted.length === 0) this.#wanted = [0];
    this.#fetch();
  }

  /** Asks again for what is in sight, in its place: what is known of images changed, and not which are listed. */
  refresh(): void {
    this.#epoch++;
    this.#asked = [];
    for (const page of [...this.#pages.keys()]) {
      if (!this.#wanted.includes(page)) this.#pages.delete(page);
    }
    for (const page of this.#wanted) {
      this.#load(page).catch((error: unknown) => {
        notices.fail(error);
      });
    }
  }

  /** When the answer to the latest change of what is listed is there. */
  renewed(): Promise<void> {
    if (!this.#isStale) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Says what is in sight: positions from `from` to before `to`. */
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

  /** The images at some positions, fetched where they are missing. @throws RequestError */
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

  /** Shows changes of labels that the engine was sent just now, before it answers. */
  apply(changes: readonly LabelChange[]): void {
    this.#epoch++;
    this.#asked = [];
    // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing watches what lives for one call
    const byImage = new Map(changes.map((change) => [change.image, change]));
    for (const [position, image] of this.#departed) this.#change(position, image, byImage);
    for (const [page, images] of this.#pages) {
      if (!images.some(({ id }) => byImage.has(id))) continue;
      images.forEach((image, index) => {
        this.#change(page * pageSize + index, image, byImage);
      });
    }
    // An image that is not here may fit the filter now.
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
      if (this.#asked.length >= requestsAtOnce) return;
      if (this.#asked.includes(page) || (this.#pages.has(page) && !this.#isStale)) continue;
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
    this.#asked = [...this.#asked, page];
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
      if (epoch === this.#epoch) this.#asked = this.#asked.filter((one) => one !== page);
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
    for (const tell of this.#waiting.splice(0)) tell();
  }

  #keep(page: number, images: readonly ProjectImage[]): void {
    this.#pages.set(page, images);
    this.#recent = [...this.#recent.filter((other) => other !== page), page];
    for (const old of this.#recent.splice(0, this.#recent.length - keptPages))
      this.#pages.delete(old);
  }
}

/** Whether the engine would list an image under a filter, as far as its labels say. */
export function fits(image: ProjectImage, { show }: Pick<ImageFilter, 'show'>): boolean {
  switch (show) {
    case 'all':
      return true;
    // Marked or drawn by chance: the engine knows, and its list stays what it was.
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
