import type { Samples } from '../image-file.ts';
import type { Rectangle } from '../../../core/mask/tiles.ts';

/**
 * Turning pages upright by the Orientation field (TIFF 6.0, as in EXIF): 1 upright, 2 mirrored,
 * 3 upside down, 4 both, 5 to 8 the same with rows and columns exchanged.
 */

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of a page after turning. */
export function uprightSize({ width, height }: Size, orientation: number): Size {
  return isExchanged(orientation) ? { width: height, height: width } : { width, height };
}

/** The stored pixels that an upright window needs. */
export function storedWindow(window: Rectangle, stored: Size, orientation: number): Rectangle {
  const exchanged = isExchanged(orientation);
  const x = exchanged ? window.y : window.x;
  const y = exchanged ? window.x : window.y;
  const width = exchanged ? window.height : window.width;
  const height = exchanged ? window.width : window.height;
  return {
    x: isMirroredX(orientation) ? stored.width - x - width : x,
    y: isMirroredY(orientation) ? stored.height - y - height : y,
    width,
    height,
  };
}

/**
 * Turns values read from `storedWindow`.
 *
 * @param values (stored height, stored width, bands)
 * @param upright size of the result
 * @param empty as long as `values`, filled and returned
 */
export function turnUpright(
  values: Samples,
  upright: Size,
  bands: number,
  orientation: number,
  empty: Samples,
): Samples {
  const exchanged = isExchanged(orientation);
  const width = exchanged ? upright.height : upright.width;
  const height = exchanged ? upright.width : upright.height;
  let to = 0;
  for (let y = 0; y < upright.height; y++) {
    for (let x = 0; x < upright.width; x++) {
      const across = exchanged ? y : x;
      const down = exchanged ? x : y;
      const column = isMirroredX(orientation) ? width - 1 - across : across;
      const row = isMirroredY(orientation) ? height - 1 - down : down;
      const from = (row * width + column) * bands;
      for (let band = 0; band < bands; band++) empty[to++] = values[from + band] ?? 0;
    }
  }
  return empty;
}

function isExchanged(orientation: number): boolean {
  return orientation >= 5;
}

/** The first column is on the right, or at the bottom. */
function isMirroredX(orientation: number): boolean {
  return orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
}

/** The first row is at the bottom, or on the right. */
function isMirroredY(orientation: number): boolean {
  return orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
}
