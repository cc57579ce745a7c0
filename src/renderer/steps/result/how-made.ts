import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { TestSet } from '../../../contract/app.ts';
import type { DistillSummary } from '../../../contract/results.ts';
import { writtenBandList } from '../../lib/band-list.ts';
import { resultText } from '../../text/en/result.ts';
import { testSetText } from '../../text/en/test-set.ts';

const text = resultText.how;

/**
 * How a student came to be, as names and values.
 *
 * @param testSet what it was measured on; null in results of before test sets were kept
 * @param preparation what was seen of images; bands are said where they were chosen
 */
export function howMade(
  summary: DistillSummary,
  { bands }: Pick<WrittenPreparation, 'bands'>,
  testSet: TestSet | null = null,
): readonly (readonly [string, string])[] {
  const { blocks, loss, rank, steps, seconds, precision = 'float32', recipe } = summary;
  const { distilled, labelled, tested } = summary.images;
  return [
    [text.blocks, blocks.map((block) => block + 1).join(', ')],
    [text.loss, text.lossOf(loss.first, loss.last)],
    [text.training, text.trainingOf(rank, steps, seconds, precision)],
    ...(recipe
      ? ([[text.kept, text.keptOf(recipe.start, recipe.kept, recipe.rateFalls)]] as const)
      : []),
    ...(summary.task === 'segmentation'
      ? ([
          [text.decoder, text.decoderOf(summary.decoderSteps, summary.side, summary.adapted)],
          [text.images, text.outlinedOf(distilled, labelled, tested)],
        ] as const)
      : ([[text.images, text.imagesOf(distilled, labelled, tested)]] as const)),
    [testSetText.how, testSetLine(testSet)],
    ...(bands === undefined ? [] : ([[text.bands, writtenBandList(bands)]] as const)),
  ];
}

function testSetLine(testSet: TestSet | null): string {
  if (testSet === null) return testSetText.unknown;
  const { name, images, frozenAt, fingerprint } = testSet;
  return testSetText.of(name, images, frozenAt, fingerprint);
}
