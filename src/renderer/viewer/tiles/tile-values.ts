import type { ImageTile } from '../../../contract/image-view.ts';
import { sampleArrays } from '../../../core/image/stored.ts';
import type { Samples } from '../../../core/image/stored.ts';

/** Stored values of a tile. */
export interface TileValues {
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** (height, width, bands) */
  readonly data: Samples;
}

/** Interprets the bytes of a tile as values of its sample type. */
export function tileValues({ width, height, bands, sampleType, values }: ImageTile): TileValues {
  const array = sampleArrays[sampleType];
  // A typed array needs an aligned offset, which the message does not guarantee.
  const isAligned = values.byteOffset % array.BYTES_PER_ELEMENT === 0;
  const own = isAligned && values.buffer instanceof ArrayBuffer ? values : values.slice();
  const length = own.byteLength / array.BYTES_PER_ELEMENT;
  const data = new array(own.buffer as ArrayBuffer, own.byteOffset, length);
  return { width, height, bands, data };
}
