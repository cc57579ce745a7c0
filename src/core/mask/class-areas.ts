import type { RunArea } from './row-runs.ts';

export interface ValueArea {
  readonly pixels: number;
  /** Area in the unit of `runArea`; null without it. */
  readonly area: number | null;
}

/**
 * Counts the pixels of each value of a mask, including background and unknown, and measures their area.
 *
 * @param strips rows from top to bottom, (rows, width) values each
 */
export async function valueAreas(
  strips: AsyncIterable<Uint8Array>,
  width: number,
  runArea?: RunArea,
): Promise<ReadonlyMap<number, ValueArea>> {
  const pixels = new Float64Array(256);
  const areas = new Float64Array(256);
  let row = 0;
  for await (const strip of strips) {
    for (let start = 0; start < strip.length; start += width) {
      for (let from = 0; from < width;) {
        const value = strip[start + from] ?? 0;
        let end = from + 1;
        while (end < width && strip[start + end] === value) end++;
        pixels[value] = (pixels[value] ?? 0) + end - from;
        if (runArea) areas[value] = (areas[value] ?? 0) + runArea(row, from, end);
        from = end;
      }
      row++;
    }
  }
  const found = new Map<number, ValueArea>();
  for (const [value, count] of pixels.entries()) {
    const area = runArea ? (areas[value] ?? 0) : null;
    if (count > 0) found.set(value, { pixels: count, area });
  }
  return found;
}
