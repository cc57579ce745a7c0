/** An 8-bit image, interleaved: (height, width, channels), row by row from the top left. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}
