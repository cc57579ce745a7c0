import { UserError } from '../../../core/errors.ts';
import {
  ignoreValue,
  tileExtent,
  tilePixels,
  tileSide,
  type Size,
} from '../../../core/mask/tiles.ts';
import type { MaskOffset } from '../geotiff/place.ts';
import type { OpenMask } from '../mask-source.ts';
import { noValue, transparentValue, type StoredMask } from './stored-mask.ts';
import { colourOfNumber } from './survey.ts';
import type { ValueTable } from './values.ts';
import { pairedMaskText } from '../../../text/index.ts';

/** Placement of a stored mask on its image. */
export interface MaskPlacing {
  readonly frame: number;
  /** Pixel of the mask under the image's first; pixels outside the mask are unknown. */
  readonly offset: MaskOffset;
}

/** Returns a stored mask in the values of its source; closing it closes the stored mask. */
export function placedMask(
  stored: StoredMask,
  image: Size,
  { frame, offset }: MaskPlacing,
  table: ValueTable,
): OpenMask {
  const translate = translator(stored, table);
  const { width, height } = stored.file.header;
  return {
    width: image.width,
    height: image.height,
    classes: table.classes,
    async tile(x, y) {
      const extent = tileExtent({ x, y }, image);
      const target = new Uint8Array(tilePixels);
      const left = x * tileSide + offset.x;
      const top = y * tileSide + offset.y;
      const from = { x: Math.max(0, left), y: Math.max(0, top) };
      const region = {
        ...from,
        width: Math.min(width, left + extent.width) - from.x,
        height: Math.min(height, top + extent.height) - from.y,
      };
      if (region.width < extent.width || region.height < extent.height) {
        for (let row = 0; row < extent.height; row++) {
          target.fill(ignoreValue, row * tileSide, row * tileSide + extent.width);
        }
      }
      if (region.width <= 0 || region.height <= 0) return target;
      const values = await stored.read({ frame, region });
      let read = 0;
      let isEmpty = region.width === extent.width && region.height === extent.height;
      for (let row = 0; row < region.height; row++) {
        let write = (from.y - top + row) * tileSide + from.x - left;
        for (let column = 0; column < region.width; column++) {
          const value = translate(values[read++] ?? 0);
          if (value !== 0) isEmpty = false;
          target[write++] = value;
        }
      }
      return isEmpty ? null : target;
    },
    notes: () => [],
    close: () => stored.close(),
  };
}

/** Returns the translation from stored values to values of the source. */
function translator(
  { path, isColour, palette }: StoredMask,
  { values, byColour }: ValueTable,
): (stored: number) => number {
  const known = new Map<number, number>([
    [noValue, ignoreValue],
    [transparentValue, 0],
  ]);
  let lastStored = noValue;
  let lastValue = ignoreValue;
  return (stored) => {
    if (stored === lastStored) return lastValue;
    let value = known.get(stored);
    if (value === undefined) {
      const key =
        byColour === isColour ? stored : byColour ? colourOfNumber(stored, palette) : stored & 255;
      value = values.get(key);
      if (value === undefined) throw unknownValue(path, key, byColour);
      known.set(stored, value);
    }
    lastStored = stored;
    lastValue = value;
    return value;
  };
}

function unknownValue(path: string, key: number, byColour: boolean): UserError {
  return new UserError(
    'invalid-labels',
    byColour
      ? pairedMaskText.newColour(path, [key >> 16, (key >> 8) & 255, key & 255])
      : pairedMaskText.newNumber(path, key),
  );
}
