import type { ImageFacts, Project, ProjectImage } from '../../../../contract/app.ts';
import type { WrittenPreparation } from '../../../../contract/jobs.ts';
import { call } from '../../../lib/client.ts';
import { errorMessage } from '../../../lib/error-message.ts';
import { coalesced } from '../../../lib/coalesce.ts';
import { dataUrl } from '../../../lib/data-url.ts';
import { bandDraftOf, bandFaultOf, choosableBands, writtenBands } from './band-draft.ts';
import type { BandDraft } from './band-draft.ts';
import { rangeDraftOf, writtenRange } from './range-draft.ts';
import type { RangeDraft } from './range-draft.ts';
import { evenlySpaced } from './evenly-spaced.ts';

/** Number of images shown before and after. */
export const sampleCount = 4;

/** A picture, or the reason why there is none; `url` is null while it is drawn. */
export type PreviewState =
  | { readonly url: string }
  | { readonly failure: string }
  | { readonly url: null };

const waiting: PreviewState = { url: null };

/** Draft of a project's image preparation, with sample images drawn with it. */
export class PreparationDraft {
  range: RangeDraft = $state.raw(rangeDraftOf('auto'));
  bands: BandDraft = $state.raw(bandDraftOf(undefined, []));
  /** Sample images; null until they are loaded. */
  images: readonly ProjectImage[] | null = $state.raw(null);
  descriptions: readonly ImageFacts[] = $state.raw([]);
  before: readonly PreviewState[] = $state.raw([]);
  after: readonly PreviewState[] = $state.raw([]);
  failure: string | null = $state(null);
  /** True once the files are read, so that their bands are known. */
  isDescribed = $state(false);
  readonly choosable: readonly number[] = $derived(choosableBands(this.descriptions));
  readonly bandFault = $derived.by(() => bandFaultOf(this.bands, this.choosable, this.#now.bands));
  /** Preparation in the contract's form; null while a number or a band is missing or wrong. */
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
    // A proxy cannot be sent to another process.
    this.#now = $state.snapshot(project.settings.preparation);
    this.range = rangeDraftOf(this.#now.range);
    this.bands = bandDraftOf(this.#now.bands, []);
  }

  /** Loads the images; returns a function that stops further drawing. */
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
      this.failure = errorMessage(error);
    }
  }

  async #sample(): Promise<ProjectImage[]> {
    const filter = { show: 'all', search: '' } as const;
    const pages = evenlySpaced(this.#project.images, sampleCount).map((offset) =>
      call('image.page', { project: this.#project.id, filter, offset, limit: 1 }),
    );
    return (await Promise.all(pages)).flatMap(({ images }) => images);
  }

  /** Reads the facts of the images. A missing file shows an error in place of its picture; the others still count. */
  async #describe(images: readonly ProjectImage[]): Promise<void> {
    const results = await Promise.allSettled(
      images.map(({ id }) => call('image.describe', { image: id })),
    );
    this.descriptions = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    // No bands were chosen yet: the choice appears only now that they are known.
    this.bands = bandDraftOf(this.#now.bands, this.choosable);
    this.isDescribed = true;
  }

  async #drawNow(images: readonly ProjectImage[]): Promise<void> {
    await Promise.all(
      images.map(async ({ id }, index) => {
        const shown = await draw(id, this.#now);
        this.before = replaced(this.before, index, shown);
        // Both are the same until something is chosen.
        if (this.after[index] === waiting) this.after = replaced(this.after, index, shown);
      }),
    );
  }

  /** Draws the samples with the current choices; changes made while drawing are drawn together afterwards. */
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

async function draw(image: number, preparation: WrittenPreparation): Promise<PreviewState> {
  try {
    const bytes = await call('image.preview', { image, preparation });
    return { url: await dataUrl(bytes, 'image/webp') };
  } catch (error) {
    return { failure: errorMessage(error) };
  }
}

function replaced(
  list: readonly PreviewState[],
  index: number,
  shown: PreviewState,
): readonly PreviewState[] {
  return list.map((one, at) => (at === index ? shown : one));
}
