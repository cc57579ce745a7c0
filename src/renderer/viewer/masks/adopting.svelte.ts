import type { MaskInfo, ModelLayer } from '../../../contract/masks.ts';
import { patchOf } from '../../../core/mask/patch.ts';
import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import type { Point } from '../geometry.ts';
import type { MaskedImage, OpenMask } from './open-mask.svelte.ts';

const words = text.masks.adopt;

/** The desk whose open mask takes in what was predicted. */
export interface AdoptingPlace {
  open(): OpenMask | null;
  finishStroke(): void;
  /** Saves what was painted: false where that failed. */
  save(): Promise<boolean>;
  /** The engine has put it into the mask, which is another now. */
  adopted(image: MaskedImage, info: MaskInfo): void;
}

/** What of a prediction is taken: all that was predicted by default. */
export interface Part {
  readonly value?: number;
  /** The region of the prediction around this place. */
  readonly at?: Point;
  /** Whose prediction; the chosen one's by default. */
  readonly layer?: ModelLayer;
}

/** The order in which models are offered: the student is what one corrects. */
const offered: readonly ModelLayer[] = ['student', 'teacher', 'copy'];

/** Takes what a model predicted into the person's mask. */
export class Adopting {
  /** Whether what the person has marked stands. */
  keeps = $state(true);
  isBusy = $state(false);
  #wanted: ModelLayer = $state('student');
  readonly #place: AdoptingPlace;

  constructor(place: AdoptingPlace) {
    this.#place = place;
  }

  /** Models that predicted the open image. */
  get layers(): ModelLayer[] {
    const open = this.#place.open();
    return offered.filter((layer) => open?.info(layer) !== undefined);
  }

  /** Whose prediction is taken; undefined where there is none. */
  get layer(): ModelLayer | undefined {
    const { layers } = this;
    return layers.find((layer) => layer === this.#wanted) ?? layers[0];
  }

  choose(layer: ModelLayer): void {
    this.#wanted = layer;
  }

  /**
   * One step to undo. What was painted before it, and is not saved yet, comes under it.
   *
   * @returns whether something of it was taken
   */
  async adopt({ value, at, layer = this.layer }: Part = {}): Promise<boolean> {
    const open = this.#place.open();
    if (open === null || this.isBusy) return false;
    if (layer === undefined) {
      notices.add('attention', words.nothingThere);
      return false;
    }
    const { image } = open;
    const request = {
      ...{ image: image.id, layer, run: open.info(layer)?.run ?? null, keep: this.keeps },
      classes: value === undefined ? null : [value],
      at: at === undefined ? null : { x: Math.floor(at.x), y: Math.floor(at.y) },
    };
    this.isBusy = true;
    this.#place.finishStroke();
    try {
      const patch = await open.painter.take(async () => {
        if (!(await this.#place.save())) return undefined;
        const { info, tiles } = await call('mask.adopt', request);
        if (info !== null) this.#place.adopted(image, info);
        return patchOf(tiles);
      });
      if (patch === undefined) notices.add('attention', words.nothingNew);
      return patch !== undefined;
    } catch (error) {
      notices.fail(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
