import type { MaskLayer as MaskOwner } from '../../../../contract/masks.ts';
import type { Rectangle } from '../../../../core/mask/tiles.ts';
import type { Layer } from '../../layer.ts';
import type { Stage } from '../../stage.ts';
import type { ViewTransform } from '../../view-transform.ts';
import type { Rgb } from './colouring.ts';
import { comparisons, type LayerChoices, type LayerName } from './layer-choices.svelte.ts';
import { type LayerSource, MaskOverlay } from './mask-layer.ts';
import type { MaskSession } from '../mask-session.svelte.ts';
import { noneStroke, type Suggesting } from '../suggesting.svelte.ts';

/** Layers from bottom to top. */
const order = ['teacher', 'copy', 'student', 'difference', 'human', 'suggestion'] as const;

/** Colours of `differenceValues`, from the palette of Okabe and Ito. */
export const differenceColours: ReadonlyMap<number, Rgb> = new Map<number, Rgb>([
  [1, [213, 94, 0]],
  [2, [86, 180, 233]],
  [3, [240, 228, 66]],
]);

const noneColour: Rgb = [255, 255, 255];

export interface LayerSituation {
  readonly choices: LayerChoices;
  readonly colours: ReadonlyMap<number, Rgb>;
  readonly open: MaskSession | null;
  readonly isOpening: boolean;
  readonly suggesting: Suggesting | null;
}

/** Draws the shown masks of an image on a stage. */
export class ShownLayers implements Layer {
  readonly #situation: LayerSituation;
  readonly #layers = new Map<
    string,
    { readonly source: LayerSource; readonly layer: MaskOverlay }
  >();
  #stage: Stage | undefined;

  constructor(situation: LayerSituation) {
    this.#situation = situation;
  }

  /** Adds the layers to a stage; returns a function that removes them. */
  attach(stage: Stage): () => void {
    this.#stage = stage;
    this.#layers.clear();
    const take = stage.add('overlays', this);
    return () => {
      take();
      this.#stage = undefined;
      this.#layers.clear();
    };
  }

  /** Redraws all layers after a change of settings. */
  refresh(): void {
    this.#stage?.invalidate('overlays');
  }

  /** Redraws a changed part of a layer. */
  changed(owner: MaskOwner | 'suggestion' | 'strokes', part: Rectangle): void {
    const { choices, open } = this.#situation;
    if (owner === 'suggestion' || owner === 'strokes') this.#layers.get(owner)?.layer.changed(part);
    else {
      open?.changed();
      this.#layers.get(owner)?.layer.changed(part);
      if (comparisons[choices.compared].some((one) => one === owner)) {
        this.#layers.get('difference')?.layer.changed(part);
      }
    }
    this.#stage?.invalidateImagePart('overlays', part);
  }

  draw(context: CanvasRenderingContext2D, view: ViewTransform, dirty: Rectangle): void {
    const { choices, suggesting } = this.#situation;
    for (const name of order) {
      if (choices.of(name).isShown) this.#layer(name)?.draw(context, view, dirty);
    }
    if (suggesting !== null) this.#strokes(suggesting).draw(context, view, dirty);
  }

  isWhole(): boolean {
    const { choices, isOpening, suggesting } = this.#situation;
    const shown = order.filter((name) => choices.of(name).isShown).map((name) => this.#layer(name));
    if (suggesting !== null) shown.push(this.#strokes(suggesting));
    return !isOpening && shown.every((layer) => layer?.isWhole() !== false);
  }

  #layer(name: LayerName): MaskOverlay | undefined {
    const { choices, open, suggesting } = this.#situation;
    const source =
      name === 'suggestion' ? (suggesting ?? undefined) : open?.source(name, choices.compared);
    if (source === undefined) return undefined;
    return this.#made(name, source, () => ({
      ...choices.of(name),
      colours: name === 'difference' ? differenceColours : this.#situation.colours,
      hasHatch: choices.hasHatch,
    }));
  }

  /** Layer of the suggestion strokes, always visible. */
  #strokes(suggesting: Suggesting): MaskOverlay {
    return this.#made('strokes', suggesting.strokes, () => ({
      colours: new Map([...this.#situation.colours, [noneStroke, noneColour]]),
      opacity: 0.9,
      hasOutline: true,
      hasHatch: false,
    }));
  }

  #made(name: string, source: LayerSource, choice: ConstructorParameters<typeof MaskOverlay>[1]) {
    const found = this.#layers.get(name);
    if (found?.source === source) return found.layer;
    const layer = new MaskOverlay(source, choice);
    this.#layers.set(name, { source, layer });
    return layer;
  }
}
