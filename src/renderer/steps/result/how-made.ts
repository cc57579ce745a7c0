import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { TestSet } from '../../../contract/app.ts';
import type { DistillSummary } from '../../../contract/results.ts';
import { writtenBandList } from '../../lib/band-list.ts';
import { resultText } from '../../text/en/steps/result.ts';
import { testSetText } from '../../text/en/steps/test-set.ts';
import { resultTaskOf } from './result-tasks.ts';

const text = resultText.how;

/**
 * Facts about how a student was made, as names and values.
 *
 * @param preparation how images were prepared; bands are listed if they were chosen
 * @param testSet test set of the measurement; null in results from before test sets were recorded
 */
export function howMade(
  summary: DistillSummary,
  { bands }: Pick<WrittenPreparation, 'bands'>,
  testSet: TestSet | null = null,
): readonly (readonly [string, string])[] {
  const { blocks, loss, rank, steps, seconds, precision = 'float32', recipe } = summary;

  return [
    [text.blocks, blocks.map((block) => block + 1).join(', ')],
    [text.loss, text.lossOf(loss.first, loss.last)],
    [text.training, text.trainingOf(rank, steps, seconds, precision)],
    ...(recipe
      ? ([[text.kept, text.keptOf(recipe.start, recipe.kept, recipe.rateFalls)]] as const)
      : []),
    ...resultTaskOf(summary.task).labelFacts(summary),
    [testSetText.how, testSetLine(testSet)],
    ...(bands === undefined ? [] : ([[text.bands, writtenBandList(bands)]] as const)),
  ];
}

function testSetLine(testSet: TestSet | null): string {
  if (testSet === null) return testSetText.unknown;
  const { name, images, frozenAt, fingerprint } = testSet;
  return testSetText.of(name, images, frozenAt, fingerprint);
}
