import { Region } from './region.ts';
import type { BorderLine, Heading } from './region.ts';

/** Corners x, y, x, y, … in px of the image, rows going down. The last is connected to the first. */
export type PixelRing = Int32Array;

/** Line in the direction that has the region on its left. */
interface Piece {
  readonly line: BorderLine;
  readonly isForward: boolean;
}

/**
 * Assembles the rings around a region whose border is complete: the outer one first, then those of its holes. The
 * region is on their left, so that on a map with rows going down the outer ring runs counter-clockwise and holes
 * clockwise. No ring passes a corner twice: if a region touches itself at a corner, a ring turns towards the same
 * outside, and two rings touch there.
 */
export function ringsOf(region: Region): PixelRing[] {
  const rings: PixelRing[] = [];
  let outer = 0;
  for (const pieces of chainsOf(region)) {
    // ∫ x dy is negative for the outer ring only, as rows go down.
    if (momentOf(pieces) < 0) outer = rings.length;
    rings.push(ringOf(pieces));
  }
  const [ring] = rings.splice(outer, 1);
  return ring === undefined ? rings : [ring, ...rings];
}

/** Pieces of each ring, in their order. */
function chainsOf(region: Region): Piece[][] {
  const chains: Piece[][] = [];
  const open: Piece[] = [];
  for (const line of region.lines) {
    // The left region may have been a part of this one when the line was completed.
    const isForward = line.left !== null && Region.of(line.left) === region;
    const piece = { line, isForward };
    if (line.isLoop) chains.push([piece]);
    else open.push(piece);
  }
  const starts = Map.groupBy(open, (piece) => cornerOf(piece, true));
  const used = new Set<Piece>();
  for (const first of open) {
    if (used.has(first)) continue;
    const pieces: Piece[] = [];
    let piece = first;
    do {
      used.add(piece);
      pieces.push(piece);
      piece = followerOf(piece, starts.get(cornerOf(piece, false)) ?? []);
    } while (piece !== first);
    chains.push(pieces);
  }
  return chains;
}

/** Start or end of a piece, as one number. */
function cornerOf({ line, isForward }: Piece, isStart: boolean): number {
  const at = isForward === isStart ? 0 : line.points.length - 2;
  return (line.points[at + 1] ?? 0) * 2 ** 26 + (line.points[at] ?? 0);
}

/** Chooses the piece that follows: of two that start where one ends, the one that turns right. */
function followerOf(piece: Piece, starting: readonly Piece[]): Piece {
  const [one, two] = starting;
  if (one === undefined) throw new Error('the border of a region is not closed');
  if (two === undefined) return one;
  const wanted = (headingAt(piece, false) + 1) % 4;
  return headingAt(one, true) === wanted ? one : two;
}

function headingAt({ line, isForward }: Piece, isStart: boolean): Heading {
  if (isForward) return isStart ? line.start : line.end;
  const opposite = (heading: Heading): Heading => ((heading + 2) % 4) as Heading;
  return opposite(isStart ? line.end : line.start);
}

function momentOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { line, isForward }) => sum + (isForward ? 1 : -1) * line.moment, 0);
}

function ringOf(pieces: readonly Piece[]): PixelRing {
  const ring: number[] = [];
  for (const { line, isForward } of pieces) {
    const { points, isLoop } = line;
    // The last corner of a piece is the first of the next one.
    const count = points.length / 2 - (isLoop ? 0 : 1);
    for (let index = 0; index < count; index++) {
      const at = isForward ? 2 * index : points.length - 2 - 2 * index;
      ring.push(points[at] ?? 0, points[at + 1] ?? 0);
    }
  }
  return Int32Array.from(ring);
}
