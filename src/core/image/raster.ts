/** An 8-bit image, interleaved: (height, width, channels), row by row from the top left. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/**
 * Index in [0, size) for any integer: beyond an edge the line is mirrored with its
 * last value repeated (d c b a | a b c d | d c b a), as often as needed.
 */
export function mirroredIndex(at: number, size: number): number {
  const period = 2 * size;
  const inside = ((at % period) + period) % period;
  return inside < size ? inside : period - 1 - inside;
}

/** True if all pixels are equal, as when all values are outside of a range. */
export function isOneShade({ channels, data }: Pick<Raster, 'channels' | 'data'>): boolean {
  for (let at = channels; at < data.length; at++) {
    if (data[at] !== data[at - channels]) return false;
  }
  return true;
}
