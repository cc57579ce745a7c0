import type { ImageFacts, Project, ProjectImage } from '../../../../contract/app.ts';
import type { WrittenPreparation } from '../../../../contract/jobs.ts';
import { call } from '../../../lib/client.ts';
import { coalesced } from '../../../lib/coalesce.ts';
import { dataUrl } from '../../../lib/data-url.ts';
import { bandDraftOf, bandFaultOf, choosableBands, writtenBands } from './band-draft.ts';
import type { BandDraft } from './band-draft.ts';
import { draftOf, writtenRange } from './range-draft.ts';
import type { RangeDraft } from './range-draft.ts';
import { spread } from './spread.ts';

/** Images that are shown before and after. */
export const sampleCount = 4;

/** A picture, why there is none, or neither while it is drawn. */
export type Shown =
  { readonly url: string } | { readonly failure: string } | { readonly url: null };

const waiting: Shown = { url: null };

/** What somebody is about to choose of a project's images, and how that looks. */
export class PreparationDraft {
  range: RangeDraft = $state.raw(draftOf('auto'));
  bands: BandDraft = $state.raw(bandDraftOf(undefined, []));
  /** Null while they are asked for. */
  images: readonly ProjectImage[] | null = $state.raw(null);
  descriptions: readonly ImageFacts[] = $state.raw([]);
  before: readonly Shown[] = $state.raw([]);
  after: readonly Shown[] = $state.raw([]);
  failure: string | null = $state(null);
  /** Whether the files were asked what they say, so that it is known which bands there are. */
  isAsked = $state(false);
  readonly choosable: readonly number[] = $derived(choosableBands(this.descriptions));
  readonly bandFault = $derived.by(() => bandFaultOf(this.bands, this.choosable, this.#now.bands));
  /** Null while a number is missing or wrong. */
  readonly written: WrittenPreparation | null = $derived.by(() => {
    const range = writtenRange(this.range);
    if (range === null || this.bandFault !== null) return null;
    const bands = writtenBands(this.bands, this.choosable);
    return bands === undefined ? { range } : { range, bands };
  });
  readonly #project: Project;
  readonly #now: WrittenPreparation;
  #isClosed = false;

  constructor(project: Project) {
    this.#project = project;
    // It crosses to another process, which a proxy cannot.
    this.#now = $state.snapshot(project.settings.preparation);
    this.range = draftOf(this.#now.range);
    this.bands = bandDraftOf(this.#now.bands, []);
  }

  /** Asks for the images; returns a function after which nothing is asked any more. */
  start(): () => void {
    void this.#load();
    return () => {
      this.#isClosed = true;
    };
  }

  choose(range: Partial<RangeDraft>): void {
    this.range = { ...this.range, ...range };
    void this.#draw();
  }

  chooseBands(bands: Partial<BandDraft>): void {
    this.bands = { ...this.bands, ...bands };
    void this.#draw();
  }

  async #load(): Promise<void> {
    try {
      const images = await this.#sample();
      this.before = images.map(() => waiting);
      this.after = this.before;
      this.images = images;
      await Promise.all([this.#describe(images), this.#drawNow(images)]);
    } catch (error) {
      this.failure = sentenceOf(error);
    }
  }

  async #sample(): Promise<ProjectImage[]> {
    const filter = { show: 'all', search: '' } as const;
    const pages = spread(this.#project.images, sampleCount).map((offset) =>
      call('image.page', { project: this.#project.id, filter, offset, limit: 1 }),
    );
    return (await Promise.all(pages)).flatMap(({ images }) => images);
  }

  /** An image whose file is gone says so in place of its picture; the others still tell. */
  async #describe(images: readonly ProjectImage[]): Promise<void> {
    const told = await Promise.allSettled(
      images.map(({ id }) => call('image.describe', { image: id })),
    );
    this.descriptions = told.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    // Nobody has chosen bands yet: only now it is known which there are.
    this.bands = bandDraftOf(this.#now.bands, this.choosable);
    this.isAsked = true;
  }

  async #drawNow(images: readonly ProjectImage[]): Promise<void> {
    await Promise.all(
      images.map(async ({ id }, index) => {
        const shown = await draw(id, this.#now);
        this.before = replaced(this.before, index, shown);
        // Until something is chosen they are the same.
        if (this.after[index] === waiting) this.after = replaced(this.after, index, shown);
      }),
    );
  }

  /** Of what is chosen by now: choices made meanwhile are answered together. */
  readonly #draw = coalesced(async () => {
    const { images, written } = this;
    if (images === null || written === null || this.#isClosed) return;
    await Promise.all(
      images.map(async ({ id }, index) => {
        const shown = await draw(id, written);
        this.after = replaced(this.after, index, shown);
      }),
    );
  });
}

async function draw(image: number, preparation: WrittenPreparation): Promise<Shown> {
  try {
    const bytes = await call('image.preview', { image, preparation });
    return { url: await dataUrl(bytes, 'image/webp') };
  } catch (error) {
    return { failure: sentenceOf(error) };
  }
}

function replaced(list: readonly Shown[], index: number, shown: Shown): readonly Shown[] {
  return list.map((one, at) => (at === index ? shown : one));
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
