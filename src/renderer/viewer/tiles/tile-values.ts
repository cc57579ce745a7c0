import type { ImageTile, TileSampleType } from '../../../contract/image-view.ts';
import type { Samples } from '../../../core/image/stored.ts';

/** Stored values of a tile. */
export interface TileValues {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** (height, width, bands) */
  readonly data: Samples;
}

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const satisfies Record<TileSampleType, unknown>;

/** Interprets the bytes of a tile as values of its sample type. */
export function tileValues({ width, height, bands, sampleType, values }: ImageTile): TileValues {
  const array = arrays[sampleType];
  // A typed array needs an aligned offset, which the message does not guarantee.
  const isAligned = values.byteOffset % array.BYTES_PER_ELEMENT === 0;
  const own = isAligned && values.buffer instanceof ArrayBuffer ? values : values.slice();
  const length = own.byteLength / array.BYTES_PER_ELEMENT;
  const data = new array(own.buffer as ArrayBuffer, own.byteOffset, length);
  return { width, height, bands, data };
}
