import type { ModelLayer } from '../../../contract/masks.ts';
import type { Choice } from './layer-choices.svelte.ts';

/** What marking a mask as done saves, so that it is what a person sees. */
export type DoneOutcome =
  /** What the person marked; `beside`: a prediction in sight marks far more, and is no part of it. */
  | { readonly kind: 'mask'; readonly beside: ModelLayer | null }
  | { readonly kind: 'suggestion' }
  | { readonly kind: 'prediction'; readonly layer: ModelLayer }
  /** Nothing is marked or in sight; `hidden`: a prediction that is there and not shown. */
  | { readonly kind: 'background'; readonly hidden: ModelLayer | null };

interface PredictedLayer {
  readonly layer: ModelLayer;
  /** Pixels that it marks as some class. */
  readonly pixels: number;
  readonly choice: Choice;
}

export interface DoneSituation {
  /** Pixels that the person marked, those marked as not known among them. */
  readonly marked: number;
  readonly isDone: boolean;
  /** A suggestion that is not accepted. */
  readonly suggestion: Choice | null;
  /** In the order in which they are offered. */
  readonly predictions: readonly PredictedLayer[];
}

/** Of a prediction in sight, the share that a person must have marked for it to be no oversight. */
const oversight = 0.5;

export function doneOutcome(situation: DoneSituation): DoneOutcome {
  const { marked, isDone, suggestion, predictions } = situation;
  const drawn = predictions.filter(({ pixels }) => pixels > 0);
  const seen = drawn.find(({ choice }) => isInSight(choice));
  // What a person said once is not changed by going through the images again.
  if (isDone) return { kind: 'mask', beside: null };
  if (suggestion !== null && isInSight(suggestion)) return { kind: 'suggestion' };
  if (marked > 0) {
    const isOversight = seen !== undefined && marked < oversight * seen.pixels;
    return { kind: 'mask', beside: isOversight ? seen.layer : null };
  }
  if (seen !== undefined) return { kind: 'prediction', layer: seen.layer };
  return { kind: 'background', hidden: drawn[0]?.layer ?? null };
}

/** With an opacity of nothing and no outline a layer is shown and cannot be seen. */
function isInSight({ isShown, opacity, hasOutline }: Choice): boolean {
  return isShown && (opacity > 0 || hasOutline);
}
