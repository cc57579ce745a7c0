import type { RecipeReport } from '../../contract/results.ts';
import { accuracyOf } from '../../core/distill/candidates.ts';
import type { KeeperState } from './best-keeper.ts';
import { percentText } from './words.ts';

/** @param tested labelled training images that were set aside, and that a probe is tested on */
export function recipeReport(state: KeeperState, tested: number): RecipeReport {
  const { origin, copy, start, champion, falls } = state;
  return {
    ...{ start: origin, kept: champion.kept, rateFalls: falls },
    aside: {
      images: copy.correct ? tested : 0,
      copy: accuracyOf(copy),
      start: accuracyOf(start),
      kept: accuracyOf(champion.measured),
    },
  };
}

/** What a person should know of the state that was kept; undefined where it is the last one, as one would expect. */
export function keptMessage(
  { kept, start, aside }: RecipeReport,
  steps: number,
): string | undefined {
  if (kept === steps) return undefined;
  const where =
    aside.images > 0
      ? `on ${aside.images} training images that were set aside`
      : 'on views that were set aside';
  if (kept === 'copy') {
    return `The student is delivered as its plain copy: ${where}, no other state was as good (${percentText(aside.copy)} correct).`;
  }
  const what =
    kept === 'start'
      ? `its start, the ${start === 'fitted' ? 'fitted' : 'plain'} copy`
      : `its state after step ${kept}`;
  return `The student is delivered as ${what}, which was best ${where}.`;
}
