/** An 8-bit image, interleaved: (height, width, channels), row by row from the top left. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

/** Whether every pixel is as the first, as where all values lie outside of a range. */
export function isOneShade({ channels, data }: Pick<Raster, 'channels' | 'data'>): boolean {
  for (let at = channels; at < data.length; at++) {
    if (data[at] !== data[at - channels]) return false;
  }
  return true;
}
