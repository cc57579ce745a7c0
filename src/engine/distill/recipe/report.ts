import type { RecipeReport } from '../../../contract/results.ts';
import { accuracyOf } from '../../../core/distill/candidates.ts';
import type { KeeperState } from './best-keeper.ts';
import { recipeText } from '../../../text/index.ts';

/** @param tested number of reserved labelled training images, on which the probe is tested */
export function recipeReport(state: KeeperState, tested: number): RecipeReport {
  const { origin, copy, start, champion, falls } = state;
  return {
    start: origin,
    kept: champion.kept,
    rateFalls: falls,
    aside: {
      images: copy.correct ? tested : 0,
      copy: accuracyOf(copy),
      start: accuracyOf(start),
      kept: accuracyOf(champion.measured),
    },
  };
}

/** Returns a notice about the state that was kept; undefined if it is the last one, as expected. */
export function keptMessage(
  { kept, start, aside }: RecipeReport,
  steps: number,
): string | undefined {
  if (kept === steps) return undefined;
  if (kept === 'copy') return recipeText.keptCopy(aside.images, aside.copy);
  if (kept === 'start') return recipeText.keptStart(aside.images, start);
  return recipeText.keptStep(aside.images, kept);
}
