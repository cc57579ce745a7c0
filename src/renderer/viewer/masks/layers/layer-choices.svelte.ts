import { z } from 'zod';
import type { MaskLayer } from '../../../../contract/masks.ts';

/** Layers: masks by author, the difference of two masks, and the suggestion. */
export const layerNames = [
  ...(['human', 'student', 'copy', 'teacher', 'difference', 'suggestion'] as const),
] as const;
export type LayerName = (typeof layerNames)[number];

/** Pairs of masks that can be compared, first and second. */
export const comparisons = {
  'human-student': ['human', 'student'],
  'human-copy': ['human', 'copy'],
  'human-teacher': ['human', 'teacher'],
  'teacher-student': ['teacher', 'student'],
} as const satisfies Record<string, readonly [MaskLayer, MaskLayer]>;
export type LayerComparison = keyof typeof comparisons;
export const comparisonNames = Object.keys(comparisons) as readonly LayerComparison[];

const choice = z.object({
  isShown: z.boolean(),
  /** Opacity of fills, in [0, 1]. */
  opacity: z.number().min(0).max(1),
  hasOutline: z.boolean(),
});
export type LayerSettings = z.infer<typeof choice>;

const storedChoices = z.object({
  layers: z.partialRecord(z.enum(layerNames), choice),
  hasHatch: z.boolean(),
  compared: z.enum(comparisonNames).catch('human-student'),
});

const storageKey = 'mask-layers';

const usual: LayerSettings = { isShown: true, opacity: 0.5, hasOutline: true };

/** Display settings of the layers, kept in local storage. */
export class LayerChoices {
  #layers: Readonly<Record<LayerName, LayerSettings>> = $state.raw({
    human: usual,
    student: { ...usual, opacity: 0.25 },
    copy: { ...usual, isShown: false },
    teacher: { ...usual, isShown: false },
    difference: { ...usual, isShown: false },
    suggestion: { ...usual, opacity: 0.35 },
  });
  /** Layer whose opacity the wheel changes. */
  active: LayerName = $state('human');
  #hasHatch = $state(false);
  #compared: LayerComparison = $state('human-student');
  readonly #changed: () => void;

  /** @param changed called after every change */
  constructor(changed: () => void) {
    this.#changed = changed;
    const found = storedChoices.safeParse(parsed(localStorage.getItem(storageKey)));
    if (!found.success) return;
    this.#layers = { ...this.#layers, ...found.data.layers };
    this.#hasHatch = found.data.hasHatch;
    this.#compared = found.data.compared;
  }

  of(layer: LayerName): LayerSettings {
    return this.#layers[layer];
  }

  change(layer: LayerName, change: Partial<LayerSettings>): void {
    this.#layers = { ...this.#layers, [layer]: { ...this.#layers[layer], ...change } };
    this.#keep();
  }

  /** True to draw hatch lines besides colours. */
  get hasHatch(): boolean {
    return this.#hasHatch;
  }

  set hasHatch(hasHatch: boolean) {
    this.#hasHatch = hasHatch;
    this.#keep();
  }

  get compared(): LayerComparison {
    return this.#compared;
  }

  set compared(compared: LayerComparison) {
    this.#compared = compared;
    this.#keep();
  }

  /** Hides all layers, or shows those again that were hidden by it. */
  toggleAll(): void {
    const areShown = layerNames.filter((layer) => this.#layers[layer].isShown);
    const wanted = areShown.length > 0 ? [] : this.#hidden;
    this.#hidden = areShown.length > 0 ? areShown : this.#hidden;
    const entries = layerNames.map((layer) => [
      layer,
      { ...this.#layers[layer], isShown: wanted.includes(layer) },
    ]);
    this.#layers = Object.fromEntries(entries) as Record<LayerName, LayerSettings>;
    this.#keep();
  }

  toggleOutline(): void {
    this.change(this.active, { hasOutline: !this.of(this.active).hasOutline });
  }

  #hidden: readonly LayerName[] = ['human'];

  #keep(): void {
    const { hasHatch, compared } = this;
    localStorage.setItem(
      storageKey,
      JSON.stringify({ layers: this.#layers, hasHatch, compared } satisfies z.infer<
        typeof storedChoices
      >),
    );
    this.#changed();
  }
}

function parsed(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
