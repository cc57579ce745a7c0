import type { DistillSummary } from '../../../contract/results.ts';
import { resultText } from '../../text/en/result.ts';

const text = resultText.how;

/** How a student came to be, as names and values. */
export function howMade(summary: DistillSummary): readonly (readonly [string, string])[] {
  const { blocks, loss, rank, steps, seconds } = summary;
  const { distilled, labelled, tested } = summary.images;
  return [
    [text.blocks, blocks.map((block) => block + 1).join(', ')],
    [text.loss, text.lossOf(loss.first, loss.last)],
    [text.training, text.trainingOf(rank, steps, seconds)],
    ...(summary.task === 'segmentation'
      ? ([
          [text.decoder, text.decoderOf(summary.decoderSteps, summary.side, summary.adapted)],
          [text.images, text.outlinedOf(distilled, labelled, tested)],
        ] as const)
      : ([[text.images, text.imagesOf(distilled, labelled, tested)]] as const)),
  ];
}
