import { tileExtent, tileSide } from '../mask/tiles.ts';
import type { MaskTile, Size } from '../mask/tiles.ts';

/** Value in strokes for pixels that belong to none of the classes. */
export const backgroundStroke = 255;
/** Side of the blocks that an image is processed in, px at the working scale. */
export const blockSide = 256;

/** Size at which an image is processed, and the number of image px per working pixel, `step`. */
export interface WorkingScale extends Size {
  readonly step: number;
}

/** Marks at the working scale: 0 none, 1 to 254 a class, 255 background. (height, width) */
export interface Marks extends Size {
  readonly values: Uint8Array;
}

/**
 * Converts strokes to the working scale (or a mask's tiles, after their value 255 was removed).
 * Where several pixels of the image fall on one, the last mark wins over earlier ones and over none; later tiles win.
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

/** Counts the marked pixels of each value. */
export function countMarks({ values }: Marks): Map<number, number> {
  const counts = new Uint32Array(256);
  for (const value of values) {
    // Most values are 0, and incrementing the same entry repeatedly is slow.
    if (value !== 0) counts[value] = (counts[value] ?? 0) + 1;
  }
  return new Map([...counts.entries()].filter(([, count]) => count > 0));
}

/** Lists blocks with marks: column and row, from 0, row by row. */
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

/** Training pixels of one value for a classifier: indices into the working image. */
export interface ChosenMarks {
  readonly value: number;
  readonly pixels: Uint32Array;
}

/**
 * Chooses pixels of every value, at most `most` each, evenly along the rows of its marks. A value with fewer pixels
 * repeats them up to the number of the largest: the painted amount of a class does not measure its frequency.
 *
 * @param isUsable whether a block may be used
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
