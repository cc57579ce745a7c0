import type { Rectangle } from '../../../core/mask/tiles.ts';
import type { Samples } from '../image-file.ts';

/** A decoded rectangle: (height, width, samples). */
export interface Piece extends Rectangle {
  readonly samples: number;
  readonly values: Samples;
}

/** Array being filled: (window height, window width, bands). */
export interface Target {
  readonly values: Samples;
  readonly window: Rectangle;
  readonly bands: number;
}

/** Positions of a value in a pixel of the piece and in one of the target. */
export type BandPair = readonly [from: number, to: number];

/** Copies the part of a piece that is inside the target's window. */
export function copyPiece(piece: Piece, target: Target, pairs: readonly BandPair[]): void {
  const shared = overlap(piece, target.window);
  if (shared === undefined) return;
  const { samples, values } = piece;
  const isWhole =
    samples === target.bands &&
    pairs.length === samples &&
    pairs.every(([from, to]) => from === to);
  for (let y = shared.y; y < shared.y + shared.height; y++) {
    const from = ((y - piece.y) * piece.width + shared.x - piece.x) * samples;
    const to = targetIndex(target, shared.x, y);
    if (isWhole) {
      target.values.set(values.subarray(from, from + shared.width * samples), to);
    } else {
      for (const [band, place] of pairs) {
        const step = { from: from + band, by: samples, to: to + place, toBy: target.bands };
        copyStrided(values, target.values, shared.width, step);
      }
    }
  }
}

/** Sets the part of `area` that is inside the target's window to one value. */
export function fillPiece(
  area: Rectangle,
  value: number,
  target: Target,
  pairs: readonly BandPair[],
): void {
  const shared = overlap(area, target.window);
  // Arrays begin as zeros.
  if (shared === undefined || value === 0) return;
  for (let y = shared.y; y < shared.y + shared.height; y++) {
    const start = targetIndex(target, shared.x, y);
    for (const [, place] of pairs) {
      for (let x = 0; x < shared.width; x++) {
        target.values[start + x * target.bands + place] = value;
      }
    }
  }
}

interface Step {
  readonly from: number;
  readonly by: number;
  readonly to: number;
  readonly toBy: number;
}

function copyStrided(source: Samples, target: Samples, count: number, step: Step): void {
  let { from, to } = step;
  for (let i = 0; i < count; i++) {
    target[to] = source[from] ?? 0;
    from += step.by;
    to += step.toBy;
  }
}

function targetIndex({ window, bands }: Target, x: number, y: number): number {
  return ((y - window.y) * window.width + x - window.x) * bands;
}

function overlap(a: Rectangle, b: Rectangle): Rectangle | undefined {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
