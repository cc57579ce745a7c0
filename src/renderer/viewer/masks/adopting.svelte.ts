import type { MaskInfo, ModelLayer } from '../../../contract/masks.ts';
import { patchOf } from '../../../core/mask/patch.ts';
import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import type { Point } from '../tools/geometry.ts';
import type { EditedImage, MaskSession } from './mask-session.svelte.ts';

const words = text.masks.adopt;

/** Editor whose open mask adopts predictions. */
export interface AdoptingPlace {
  open(): MaskSession | null;
  /** Completes the current stroke or polygon. */
  settle(): void;
  /** Saves painted tiles; false if that failed. */
  save(): Promise<boolean>;
  /** Called when the engine has changed the mask. */
  adopted(image: EditedImage, info: MaskInfo): void;
}

/** Part of a prediction to adopt; all of it by default. */
export interface PredictionPart {
  readonly value?: number;
  /** Point of the image that selects one region of the prediction. */
  readonly at?: Point;
  /** Model of the prediction; the chosen one by default. */
  readonly layer?: ModelLayer;
}

/** Models in the order of the menu: the student first, since its predictions are corrected. */
const offered: readonly ModelLayer[] = ['student', 'teacher', 'copy'];

/** Adopts predictions of a model into the user's mask. */
export class Adopting {
  /** True to keep pixels that the user has marked. */
  keeps = $state(true);
  isBusy = $state(false);
  #wanted: ModelLayer = $state('student');
  readonly #place: AdoptingPlace;

  constructor(place: AdoptingPlace) {
    this.#place = place;
  }

  /** Models with a prediction for the open image. */
  get layers(): ModelLayer[] {
    const open = this.#place.open();
    return offered.filter((layer) => open?.info(layer) !== undefined);
  }

  /** Model whose prediction is adopted; undefined without a prediction. */
  get layer(): ModelLayer | undefined {
    const { layers } = this;
    return layers.find((layer) => layer === this.#wanted) ?? layers[0];
  }

  choose(layer: ModelLayer): void {
    this.#wanted = layer;
  }

  /**
   * Adopts a prediction as one undo step, after saving earlier edits.
   *
   * @returns true if the mask changed
   */
  async adopt({ value, at, layer = this.layer }: PredictionPart = {}): Promise<boolean> {
    const open = this.#place.open();
    if (open === null || this.isBusy) return false;
    if (layer === undefined) {
      notices.add('attention', words.nothingThere);
      return false;
    }
    const { image } = open;
    const request = {
      image: image.id,
      layer,
      run: open.info(layer)?.run ?? null,
      keep: this.keeps,
      classes: value === undefined ? null : [value],
      at: at === undefined ? null : { x: Math.floor(at.x), y: Math.floor(at.y) },
    };
    this.isBusy = true;
    this.#place.settle();
    try {
      const patch = await open.painter.take(async () => {
        // A failed save has its own notice.
        if (!(await this.#place.save())) return undefined;
        const { info, tiles } = await call('mask.adopt', request);
        if (info !== null) this.#place.adopted(image, info);
        const adopted = patchOf(tiles);
        if (adopted === undefined) notices.add('attention', words.nothingNew);
        return adopted;
      });
      return patch !== undefined;
    } catch (error) {
      notices.fail(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
