/** Items of one class in order of their scores, ready for computing the AUC of any resample. */
export interface RankedScores {
  /** Item indices, lowest score first. */
  readonly order: Uint32Array;
  /** Flags for each place of `order`: bit 0 is set for a positive, bit 1 for the last of equal scores. */
  readonly marks: Uint8Array;
}

/** Sorts items by score, once. `isPositive` and `scores` have one entry per item. */
export function rankScores(scores: Float32Array, isPositive: Uint8Array): RankedScores {
  const score = (item: number) => scores[item] ?? NaN;
  const order = Uint32Array.from(scores.keys()).sort((a, b) => score(a) - score(b));
  const marks = Uint8Array.from(order, (item, place) => {
    const next = order[place + 1];
    const isLast = next === undefined || score(next) !== score(item);
    return (isPositive[item] ? 1 : 0) | (isLast ? 2 : 0);
  });
  return { order, marks };
}

/**
 * Area under the ROC curve: the share of pairs of a positive and a negative in which the positive
 * scores higher, equal scores counting one half (the Mann-Whitney statistic with mid-ranks; Hanley and
 * McNeil, Radiology 143, 1982). `draws` is the number of times each item counts. NaN without a
 * positive or without a negative.
 */
export function areaUnderRoc({ order, marks }: RankedScores, draws: Uint32Array): number {
  let pairs = 0;
  let positives = 0;
  let negativesBelow = 0;
  let tiedPositives = 0;
  let tiedNegatives = 0;
  for (let place = 0; place < order.length; place++) {
    const mark = marks[place] ?? 0;
    const drawn = draws[order[place] ?? 0] ?? 0;
    if (mark & 1) tiedPositives += drawn;
    else tiedNegatives += drawn;
    if (mark & 2) {
      pairs += tiedPositives * (negativesBelow + tiedNegatives / 2);
      positives += tiedPositives;
      negativesBelow += tiedNegatives;
      tiedPositives = 0;
      tiedNegatives = 0;
    }
  }
  return pairs / (positives * negativesBelow);
}

/** Mean over the classes with a defined area (macro, one class against the rest); NaN if there are none. */
export function macroAreaUnderRoc(classes: readonly RankedScores[], draws: Uint32Array): number {
  let sum = 0;
  let defined = 0;
  for (const ranked of classes) {
    const area = areaUnderRoc(ranked, draws);
    if (Number.isNaN(area)) continue;
    sum += area;
    defined += 1;
  }
  return sum / defined;
}
