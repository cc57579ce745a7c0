import type { ModelLayer } from '../../../contract/masks.ts';
import type { LayerSettings } from './layers/layer-choices.svelte.ts';

/** Mask that marking as done would save: what the user sees. */
export type DoneOutcome =
  /**
   * User's mask. `omitted`: a visible prediction that marks far more and is not included; `hasStrokes`: there are
   * suggestion strokes without a suggestion.
   */
  | { readonly kind: 'mask'; readonly omitted: ModelLayer | null; readonly hasStrokes: boolean }
  | { readonly kind: 'suggestion' }
  | { readonly kind: 'prediction'; readonly layer: ModelLayer }
  /** Background only: nothing is marked or visible. `hidden`: a suggestion or prediction that is not shown. */
  | {
      readonly kind: 'background';
      readonly hidden: ModelLayer | 'suggestion' | null;
      readonly hasStrokes: boolean;
    };

interface PredictedLayer {
  readonly layer: ModelLayer;
  /** Number of pixels with a class. */
  readonly pixels: number;
  readonly choice: LayerSettings;
}

export interface DoneSituation {
  /** Number of pixels that the user marked, including those marked as unknown. */
  readonly marked: number;
  readonly isDone: boolean;
  /** Display of a suggestion that is not accepted yet. */
  readonly suggestion: LayerSettings | null;
  /** True if the image has strokes of the suggestion tool. */
  readonly hasStrokes: boolean;
  /** Predictions in the order of the menu. */
  readonly predictions: readonly PredictedLayer[];
}

/** Share of a visible prediction's pixels below which the user's mask may have been left incomplete by oversight. */
const oversight = 0.5;

export function doneOutcome(situation: DoneSituation): DoneOutcome {
  const { marked, isDone, suggestion, predictions } = situation;
  const drawn = predictions.filter(({ pixels }) => pixels > 0);
  const seen = drawn.find(({ choice }) => isInSight(choice));
  // Reviewing a finished mask does not change it.
  if (isDone) return { kind: 'mask', omitted: null, hasStrokes: false };
  if (suggestion !== null && isInSight(suggestion)) return { kind: 'suggestion' };
  const hasStrokes = situation.hasStrokes && suggestion === null;
  if (marked > 0) {
    const isOversight = seen !== undefined && marked < oversight * seen.pixels;
    return { kind: 'mask', omitted: isOversight ? seen.layer : null, hasStrokes };
  }
  if (seen !== undefined) return { kind: 'prediction', layer: seen.layer };
  const hidden = suggestion === null ? (drawn[0]?.layer ?? null) : 'suggestion';
  return { kind: 'background', hidden, hasStrokes };
}

/** True if a layer is shown and visible: with zero opacity and no outline it is not. */
function isInSight({ isShown, opacity, hasOutline }: LayerSettings): boolean {
  return isShown && (opacity > 0 || hasOutline);
}
