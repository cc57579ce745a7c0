import type { Tensor } from '../../core/tensor.ts';

/** Layout of a file's position embedding. */
export interface PositionLayout {
  /** Patches along a side. */
  readonly grid: number;
  /**
   * Number of tokens before the patches, and how many of them have positions: all, none, or only the class token before
   * registers.
   */
  readonly prefix: number;
  readonly covered: number;
  /** Number of dates, of which the first is used. */
  readonly dates: number;
}

/** Maximum number of dates that is considered if only the number of positions is known. */
const mostDates = 64;

/**
 * Counts the dates of Prithvi's positions by their values: four dates of 14 × 14 patches have as many positions as one
 * of 28 × 28. The positions are sines and cosines, whose last quarter encodes the date and is constant within it.
 *
 * @returns candidates: one, or all possible numbers if the positions are not of this kind
 */
export function datesOf({ shape, data }: Tensor, classTokens: number): readonly number[] {
  const [, count = 0, width = 0] = shape;
  const patches = count - classTokens;
  const first = data.subarray(classTokens * width, (classTokens + 1) * width);
  let alike = 0;
  while (width > 0 && alike < patches) {
    const start = (classTokens + alike) * width;
    const row = data.subarray(start, start + width);
    if (row.some((value, at) => at >= (3 * width) / 4 && value !== first[at])) break;
    alike++;
  }
  const isSquare = Number.isInteger(Math.sqrt(alike)) && patches % alike === 0;
  // Learned positions all differ.
  if (isSquare && (alike > 1 || patches === 1)) return [patches / alike];
  return Array.from({ length: mostDates }, (_, index) => index + 1);
}

/**
 * Infers from the number of positions which tokens have one: four positions may be for four patches, or for three other
 * tokens and one patch.
 *
 * @param count entries of the position embedding
 * @param dates how many may follow each other, the first that fits
 * @param isCovered whether a configuration says that other tokens than patches have positions
 * @returns all that fit, the likeliest first: one where that is known, none where it is no square grid of patches
 */
export function positionLayouts(
  count: number,
  { classTokens, registers }: { readonly classTokens: number; readonly registers: number },
  dates: readonly number[],
  isCovered?: boolean,
): PositionLayout[] {
  const prefix = classTokens + registers;
  const likely = [prefix, classTokens, 0];
  const fitting = [...new Set(isCovered === false ? likely.reverse() : likely)].flatMap(
    (covered): PositionLayout[] => {
      const patches = count - covered;
      const each = dates.find((date) => {
        const grid = Math.sqrt(patches / date);
        return Number.isInteger(grid) && grid >= 1;
      });
      return each === undefined
        ? []
        : [{ grid: Math.sqrt(patches / each), prefix, covered, dates: each }];
    },
  );
  return isCovered === undefined ? fitting : fitting.slice(0, 1);
}

/** Returns true if the class token's position is added to the token itself, as registers after it have none. */
export function foldsClassPosition({ prefix, covered }: PositionLayout): boolean {
  return covered > 0 && covered < prefix;
}

/** Remaining entries of the position embedding. */
export function keptPositions(layout: PositionLayout): number {
  return layout.grid ** 2 + (foldsClassPosition(layout) ? 0 : layout.covered);
}

/**
 * Converts class tokens and positions to the form that core/vit uses: the same sums, for one date.
 *
 * @param weights those of one encoder; changed in place
 */
export function arrangePositions(weights: Map<string, Tensor>, layout: PositionLayout): void {
  const positions = weights.get('pos_embed');
  if (positions === undefined) throw new Error('pos_embed is missing');
  const width = positions.shape.at(-1) ?? 0;
  const { grid, covered } = layout;
  let rows = positions.data.subarray(0, (covered + grid ** 2) * width);
  if (foldsClassPosition(layout)) {
    ['cls_token', 'dist_token'].slice(0, covered).forEach((name, index) => {
      const token = weights.get(name);
      if (token === undefined) throw new Error(`${name} is missing`);
      const moved = token.data.map((value, at) => value + (rows[index * width + at] ?? 0));
      weights.set(name, { shape: token.shape, data: moved });
    });
    rows = rows.subarray(covered * width);
  }
  if (rows.length === positions.data.length) return;
  weights.set('pos_embed', { shape: [1, rows.length / width, width], data: rows.slice() });
}
