import { tileExtent, tileSide } from '../mask/tiles.ts';
import type { MaskTile, Size } from '../mask/tiles.ts';

/** In strokes: none of the classes is here. */
export const backgroundStroke = 255;
/** Side of the blocks that an image is looked at in, px at the working scale. */
export const blockSide = 256;

/** An image as it is worked on: so large, and `step` px of the image a pixel of it. */
export interface WorkingScale extends Size {
  readonly step: number;
}

/** What is marked, at the working scale: 0 nothing, 1 to 254 a class, 255 background. (height, width) */
export interface Marks extends Size {
  readonly values: Uint8Array;
}

/**
 * Strokes (or a mask's tiles, whose 255 then has to be taken out before) brought to the working scale.
 * Where several pixels of the image fall on one, what is marked wins, and the last of it; later tiles win.
 */
export function marksOf(tiles: readonly MaskTile[], image: Size, scale: WorkingScale): Marks {
  const { width, height, step } = scale;
  const values = new Uint8Array(width * height);
  for (const { x, y, pixels } of tiles) {
    const extent = tileExtent({ x, y }, image);
    const columns = Int32Array.from({ length: extent.width }, (_, column) =>
      Math.min(width - 1, Math.floor((x * tileSide + column + 0.5) / step)),
    );
    for (let row = 0; row < extent.height; row++) {
      const target = Math.min(height - 1, Math.floor((y * tileSide + row + 0.5) / step)) * width;
      const line = pixels.subarray(row * tileSide, row * tileSide + extent.width);
      for (let column = 0; column < line.length; column++) {
        const value = line[column] ?? 0;
        if (value !== 0) values[target + (columns[column] ?? 0)] = value;
      }
    }
  }
  return { width, height, values };
}

/** Pixels of each value that is marked. */
export function countMarks({ values }: Marks): Map<number, number> {
  const counts = new Uint32Array(256);
  for (const value of values) {
    // Nearly all are 0, and adding to one number again and again is slow.
    if (value !== 0) counts[value] = (counts[value] ?? 0) + 1;
  }
  return new Map([...counts.entries()].filter(([, count]) => count > 0));
}

/** Blocks with marks: column and row, from 0, row by row. */
export function markedBlocks({ width, height, values }: Marks): { x: number; y: number }[] {
  const across = Math.ceil(width / blockSide);
  const isMarked = new Uint8Array(across * Math.ceil(height / blockSide));
  for (let y = 0; y < height; y++) {
    const row = Math.floor(y / blockSide) * across;
    for (let x = 0; x < width; x++) {
      if (values[y * width + x] !== 0) isMarked[row + Math.floor(x / blockSide)] = 1;
    }
  }
  return [...isMarked.keys()]
    .filter((at) => isMarked[at] === 1)
    .map((at) => ({ x: at % across, y: Math.floor(at / across) }));
}

/** Pixels that a classifier learns from, of one value: indices into the working image. */
export interface ChosenMarks {
  readonly value: number;
  readonly pixels: Uint32Array;
}

/**
 * Pixels of every value, at most `most` each, evenly along the rows of all that is marked with it. A value
 * with fewer repeats its own up to as many as the greatest has: how much of a class somebody paints does
 * not tell how much of it there is.
 *
 * @param isUsable whether a block may be looked at
 */
export function chooseMarks(
  { width, height, values }: Marks,
  most: number,
  isUsable: (block: { x: number; y: number }) => boolean,
): ChosenMarks[] {
  const found = new Map<number, number[]>();
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const value = values[at] ?? 0;
      if (value === 0) continue;
      const block = { x: Math.floor(x / blockSide), y: Math.floor(y / blockSide) };
      if (!isUsable(block)) continue;
      const list = found.get(value);
      if (list) list.push(at);
      else found.set(value, [at]);
    }
  }
  const greatest = [...found.values()].reduce((size, { length }) => Math.max(size, length), 0);
  const each = Math.min(most, greatest);
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([value, list]) => ({
      value,
      pixels: Uint32Array.from(
        { length: each },
        (_, at) => list[Math.floor(((at + 0.5) * list.length) / each)] ?? 0,
      ),
    }));
}
