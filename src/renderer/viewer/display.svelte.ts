import type { BandStatistics, ViewedImage } from '../../contract/image-view.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import { type Choices, choiceFor, noChoices, withChoice } from './display-choices.ts';
import {
  areAlike,
  type DecidedRange,
  isExact,
  modelSeen,
  modelShown,
  shadesOfBands,
  sharesOf,
  type ShownBands,
  equivalentWindow,
} from './display-range.ts';
import type { ImageFactsCache } from './image-facts.ts';
import type { Picture } from './image-layer.ts';
import { painterOf, tileBands } from './painter.ts';

export interface DisplayHooks {
  /** Shown image. */
  image(): ViewedImage | null;
  /** Draws the image with new bands or shades. */
  draw(picture: Picture): void;
  failed(error: unknown): void;
}

/** Display settings of the image: those of the project's model, or the user's for images of its kind. */
export class ImageDisplay {
  figures: readonly BandStatistics[] | null = $state.raw(null);
  /** True while statistics are loading that the shades depend on. */
  isUnknown = $state(false);
  readonly #hooks: DisplayHooks;
  readonly #facts: ImageFactsCache;
  /** User's choices, kept while the viewer is open. */
  #choices: Choices = $state.raw(noChoices);
  #preparation: WrittenPreparation = $state.raw({ range: 'auto' });
  readonly #image: ViewedImage | null = $derived.by(() => this.#hooks.image());
  /** Display as the project's model sees the image; null if the image lacks the bands. */
  readonly model: ShownBands | null = $derived(
    this.#image === null ? null : this.#modelOf(this.#image),
  );
  /** Bands and range that the project's model sees, possibly more bands than can be shown. */
  readonly seen: ShownBands | null = $derived(
    this.#image === null || this.model === null ? null : modelSeen(this.#image, this.#preparation),
  );
  readonly shown: ShownBands | null = $derived(
    this.#image === null ? null : this.#chosen(this.#image, this.model),
  );
  /** True if the display differs from what the model sees. */
  readonly isOwn = $derived(
    this.shown !== null && (this.model === null || !areAlike(this.shown, this.model)),
  );
  readonly window = $derived(
    this.shown === null || this.#image === null
      ? null
      : equivalentWindow(this.shown, this.#image, this.figures),
  );
  #figuresOf: string | null = null;

  constructor(facts: ImageFactsCache, hooks: DisplayHooks) {
    this.#facts = facts;
    this.#hooks = hooks;
  }

  /** Sets the project's preparation, which the display follows unless the user chose otherwise. */
  follow(preparation: WrittenPreparation): void {
    this.#preparation = preparation;
    this.#refresh();
  }

  /** Updates the display for another image; choices for its kind still apply. */
  renew(): void {
    this.figures = null;
    this.#figuresOf = null;
    this.#refresh();
  }

  setWindow(center: number, width: number): void {
    const image = this.#hooks.image();
    if (image === null) return;
    const range: DecidedRange = isExact(image)
      ? { kind: 'exact-window', center, width }
      : { kind: 'window', center: Math.round(center), width: Math.max(1, Math.round(width)) };
    this.setRange(range);
  }

  setRange(range: DecidedRange): void {
    this.#choose({ range });
  }

  /** Sets 0-based bands; null restores the model's. */
  setBands(bands: readonly number[] | null): void {
    this.#choose({ bands });
  }

  /** Restores the display that the model sees. */
  reset(): void {
    this.#choose('asModel');
  }

  #choose(change: Parameters<typeof withChoice>[2]): void {
    const image = this.#hooks.image();
    if (image === null) return;
    this.#choices = withChoice(this.#choices, image, change);
    this.#refresh();
  }

  /** Display settings that another image would have. */
  shownOf(image: ViewedImage): ShownBands {
    return this.#chosen(image, this.#modelOf(image));
  }

  /** Smallest change of a window per px of a drag. */
  get leastStep(): number {
    const image = this.#hooks.image();
    if (image === null || !isExact(image)) return 1;
    const [first] = this.figures ?? [];
    return first === undefined ? 1e-3 : Math.max(1e-12, (first.greatest - first.least) / 1e4);
  }

  #modelOf(image: ViewedImage): ShownBands | null {
    try {
      return modelShown(image, this.#preparation);
    } catch {
      return null;
    }
  }

  /** User's choice as far as the image has its bands, else the model's. */
  #chosen(image: ViewedImage, model: ShownBands | null): ShownBands {
    const { bands, range } = choiceFor(this.#choices, image);
    const fitting = bands?.every((band) => band < image.bands) === true ? bands : null;
    return {
      bands: fitting ?? model?.bands ?? [0],
      range: range ?? model?.range ?? { kind: 'full' },
    };
  }

  /** Updates statistics and shades after a change. */
  #refresh(): void {
    const image = this.#hooks.image();
    const { shown } = this;
    if (image === null || shown === null) return;
    const key = figuresKey(image, shown);
    if (key !== this.#figuresOf) void this.#askFigures(key, image, shown);
    const shades = shadesOfBands(shown, image, key === this.#figuresOf ? this.figures : null);
    this.isUnknown = shades === null;
    if (shades === null) return;
    this.#hooks.draw({
      image,
      bands: tileBands(shown, image),
      painter: painterOf(shown, image, shades),
    });
  }

  async #askFigures(key: string, image: ViewedImage, shown: ShownBands): Promise<void> {
    try {
      const figures = await this.#facts.figures(image, shown);
      const { shown: now } = this;
      if (this.#hooks.image() !== image || now === null || key !== figuresKey(image, now)) return;
      this.#figuresOf = key;
      this.figures = figures;
      if (sharesOf(now, image) !== null) this.#refresh();
    } catch (error) {
      if (this.#hooks.image() === image) this.#hooks.failed(error);
    }
  }
}

/** Key of a request for statistics. */
function figuresKey(image: ViewedImage, shown: ShownBands): string {
  return `${image.id} ${shown.bands.join()} ${String(sharesOf(shown, image))}`;
}
