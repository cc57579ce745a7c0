/** Scores that need no model, as shares in [0, 1]. */
export interface SegmentationBaselines {
  /** Best mean Dice over the images, and best mean IoU, of predicting one class for every pixel. */
  readonly dice: number;
  readonly iou: number;
  /** Pixel accuracy of predicting the most frequent class, mostly the background, for every pixel. */
  readonly pixelAccuracy: number;
}

/**
 * Scores of predictions that do not look at the images, computed as in `segmentationReport`. An empty prediction has a
 * Dice and an IoU of 0 wherever there is something to find, so predicting one class everywhere is the baseline to beat.
 *
 * @param images known pixels of each class, background first, (K); all with the same K
 */
export function segmentationBaselines(
  images: readonly (readonly number[])[],
): SegmentationBaselines {
  const classes = images[0]?.length ?? 0;
  const totals = Array.from({ length: classes }, (_, value) =>
    images.reduce((sum, counts) => sum + (counts[value] ?? 0), 0),
  );
  const known = totals.reduce((sum, count) => sum + count, 0);
  const occurring = totals.slice(1).filter((count) => count > 0).length;
  if (known === 0 || occurring === 0) return { dice: 0, iou: 0, pixelAccuracy: 0 };
  const outlined = [...totals.keys()].slice(1).filter((value) => (totals[value] ?? 0) > 0);
  return {
    dice: Math.max(...outlined.map((value) => meanDice(images, value))),
    iou: Math.max(...outlined.map((value) => (totals[value] ?? 0) / known / occurring)),
    pixelAccuracy: Math.max(...totals) / known,
  };
}

/** Mean Dice of predicting one class for every pixel: that class's Dice, and 0 for each other class in the image. */
function meanDice(images: readonly (readonly number[])[], value: number): number {
  const scores = images.flatMap((counts) => {
    const known = counts.reduce((sum, count) => sum + count, 0);
    if (known === 0) return [];
    const share = (counts[value] ?? 0) / known;
    const others = counts.filter((count, other) => other > 0 && other !== value && count > 0);
    return [(2 * share) / (1 + share) / (1 + others.length)];
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
