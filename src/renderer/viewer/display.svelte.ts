import type { BandStatistics, ViewedImage } from '../../contract/image-view.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import {
  areAlike,
  type DecidedRange,
  isExact,
  modelSeen,
  modelShown,
  shadesOf,
  sharesOf,
  type Shown,
  windowOf,
} from './display-range.ts';
import type { ImageFacts } from './image-facts.ts';
import type { Picture } from './image-layer.ts';
import { painterOf, tileBands } from './painter.ts';

/** What somebody chose to see in place of what the model sees. */
interface Choice {
  readonly bands: readonly number[] | null;
  readonly range: DecidedRange | null;
}

const asModel: Choice = { bands: null, range: null };

export interface DisplayHooks {
  /** The image that is looked at. */
  image(): ViewedImage | null;
  /** It is to be drawn so from now on. */
  draw(picture: Picture): void;
  failed(error: unknown): void;
}

/** How the image is shown: as the project's model sees it, or as somebody chose. */
export class Display {
  figures: readonly BandStatistics[] | null = $state.raw(null);
  /** Whether figures of the image are waited for, without which it is not known how it is to look. */
  isUnknown = $state(false);
  readonly #hooks: DisplayHooks;
  readonly #facts: ImageFacts;
  #choice: Choice = $state.raw(asModel);
  #preparation: WrittenPreparation = $state.raw({ range: 'auto' });
  readonly #image: ViewedImage | null = $derived.by(() => this.#hooks.image());
  /** What is shown of what the project's model sees; null where the image has not the bands. */
  readonly model: Shown | null = $derived(this.#image === null ? null : this.#modelOf(this.#image));
  /** All that the project's model sees of the image, which may be more bands than are shown. */
  readonly seen: Shown | null = $derived(
    this.#image === null || this.model === null ? null : modelSeen(this.#image, this.#preparation),
  );
  readonly shown: Shown | null = $derived(
    this.#image === null ? null : this.#chosen(this.#image, this.model),
  );
  /** Whether the eye sees something else than the model. */
  readonly isOwn = $derived(
    this.shown !== null && (this.model === null || !areAlike(this.shown, this.model)),
  );
  readonly window = $derived(
    this.shown === null || this.#image === null
      ? null
      : windowOf(this.shown, this.#image, this.figures),
  );
  #figuresOf: string | null = null;

  constructor(facts: ImageFacts, hooks: DisplayHooks) {
    this.#facts = facts;
    this.#hooks = hooks;
  }

  /** What the project's model sees: what is shown begins with it, and follows it. */
  follow(preparation: WrittenPreparation): void {
    this.#preparation = preparation;
    this.#refresh();
  }

  /** Another image is looked at; what was chosen to see stays where it fits. */
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
    this.#choice = { ...this.#choice, range };
    this.#refresh();
  }

  /** From 0; null: the model's. */
  setBands(bands: readonly number[] | null): void {
    this.#choice = { ...this.#choice, bands };
    this.#refresh();
  }

  /** Shows again what the model sees. */
  reset(): void {
    this.#choice = asModel;
    this.#refresh();
  }

  /** How another image would be shown. */
  shownOf(image: ViewedImage): Shown {
    return this.#chosen(image, this.#modelOf(image));
  }

  /** The least by which dragging changes a window. */
  get leastStep(): number {
    const image = this.#hooks.image();
    if (image === null || !isExact(image)) return 1;
    const [first] = this.figures ?? [];
    return first === undefined ? 1e-3 : Math.max(1e-12, (first.greatest - first.least) / 1e4);
  }

  #modelOf(image: ViewedImage): Shown | null {
    try {
      return modelShown(image, this.#preparation);
    } catch {
      return null;
    }
  }

  /** What is chosen, where the image has it, else what the model sees. */
  #chosen(image: ViewedImage, model: Shown | null): Shown {
    const { bands, range } = this.#choice;
    const fitting = bands?.every((band) => band < image.bands) === true ? bands : null;
    return {
      bands: fitting ?? model?.bands ?? [0],
      range: range ?? model?.range ?? { kind: 'full' },
    };
  }

  /** After a change of what is shown. */
  #refresh(): void {
    const image = this.#hooks.image();
    const { shown } = this;
    if (image === null || shown === null) return;
    const key = figuresKey(image, shown);
    if (key !== this.#figuresOf) void this.#askFigures(key, image, shown);
    const shades = shadesOf(shown, image, key === this.#figuresOf ? this.figures : null);
    this.isUnknown = shades === null;
    if (shades === null) return;
    this.#hooks.draw({
      image,
      bands: tileBands(shown, image),
      painter: painterOf(shown, image, shades),
    });
  }

  async #askFigures(key: string, image: ViewedImage, shown: Shown): Promise<void> {
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

/** Tells apart what figures are asked for. */
function figuresKey(image: ViewedImage, shown: Shown): string {
  return `${image.id} ${shown.bands.join()} ${String(sharesOf(shown, image))}`;
}
