/** Figures that take no model, as shares in [0, 1]. */
export interface OutlineBaselines {
  /** Mean Dice of the images, and mean IoU, where every pixel is outlined as the class for which that is best. */
  readonly dice: number;
  readonly iou: number;
  /** Where every pixel is taken for the most frequent class, mostly the background. */
  readonly pixelAccuracy: number;
}

/**
 * What answers that do not look at the images come to, counted as in `segmentationReport`. Outlining nothing has a Dice
 * and an IoU of 0 wherever there is something to find, so that outlining everything is the baseline to beat.
 *
 * @param images known pixels of each class, background first, (K); all of one K
 */
export function outlineBaselines(images: readonly (readonly number[])[]): OutlineBaselines {
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

/** Of outlining every pixel as one class: that class's Dice, and 0 for each other class that the image shows. */
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
