import { intersection } from '../../../viewer/tools/geometry.ts';
import type { Rectangle } from '../../../../core/mask/tiles.ts';
import type { Layer } from '../../../viewer/layer.ts';
import type { Rgb } from '../../../viewer/masks/layers/colouring.ts';
import { type LayerSource, MaskOverlay } from '../../../viewer/masks/layers/mask-layer.ts';
import { differenceColours } from '../../../viewer/masks/layers/shown-layers.ts';
import type { ViewTransform } from '../../../viewer/view-transform.ts';
import type { ComparedMasks } from './compared-masks.ts';
import type { MaskComparison } from './mask-comparison.svelte.ts';
import { splitAt } from './wipe.ts';

type Choice = Pick<MaskComparison, 'first' | 'second' | 'mode' | 'share' | 'opacity' | 'isHidden'>;

/** Layer over an image that shows two masks beside a line, or their differences. */
export class ComparedLayers implements Layer {
  masks: ComparedMasks | null = null;
  readonly #choice: Choice;
  readonly #colours: () => ReadonlyMap<number, Rgb>;
  readonly #layers = new Map<LayerSource, MaskOverlay>();

  constructor(choice: Choice, colours: () => ReadonlyMap<number, Rgb>) {
    this.#choice = choice;
    this.#colours = colours;
  }

  /** Replaces the masks by those of another image. */
  show(masks: ComparedMasks | null): void {
    this.masks = masks;
    this.#layers.clear();
  }

  /** Marks a part as changed, px of the image. */
  changed(part: Rectangle): void {
    for (const layer of this.#layers.values()) layer.changed(part);
  }

  draw(context: CanvasRenderingContext2D, view: ViewTransform, dirty: Rectangle): void {
    const { masks } = this;
    const { first, second, mode, share, isHidden } = this.#choice;
    if (masks === null || isHidden) return;
    if (mode === 'difference') {
      const source = masks.difference(first, second);
      if (source !== undefined)
        this.#layer(source, () => differenceColours).draw(context, view, dirty);
      return;
    }
    const at = splitAt(view, share);
    const { width, height } = view.room;
    const halves = [
      [masks.source(first), { x: 0, y: 0, width: at, height }],
      [masks.source(second), { x: at, y: 0, width: width - at, height }],
    ] as const;
    for (const [source, half] of halves) {
      const part = intersection(half, dirty);
      if (source === undefined || part === undefined) continue;
      context.save();
      context.beginPath();
      context.rect(part.x, part.y, part.width, part.height);
      context.clip();
      this.#layer(source, this.#colours).draw(context, view, part);
      context.restore();
    }
  }

  #layer(source: LayerSource, colours: () => ReadonlyMap<number, Rgb>): MaskOverlay {
    const found = this.#layers.get(source);
    if (found !== undefined) return found;
    const layer = new MaskOverlay(source, () => ({
      colours: colours(),
      opacity: this.#choice.opacity,
      hasOutline: true,
      hasHatch: false,
    }));
    this.#layers.set(source, layer);
    return layer;
  }
}
