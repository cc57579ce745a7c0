import { colourText } from '../paired/label-list.ts';

/** White of the profile connection space, D50 (ICC.1:2022). */
const white = [0.9642, 1, 0.8249] as const;
/** Matrix from XYZ under D50 to linear sRGB (Bradford-adapted; Lindbloom). */
const toLinear = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

/**
 * A recommended colour (PS3.3, C.10.7.1.1: L* of 0 to 100, a* and b* of −128 to 127, each over 16 bits) as sRGB. Null
 * if there is none.
 */
export function cielabColour(values: readonly number[]): string | null {
  const [lightness, a, b] = values;
  if (lightness === undefined || a === undefined || b === undefined) return null;
  const y = ((lightness / 65535) * 100 + 16) / 116;
  const x = y + ((a / 65535) * 255 - 128) / 500;
  const z = y - ((b / 65535) * 255 - 128) / 200;
  const xyz = [x, y, z].map((value, axis) => inverse(value) * (white[axis] ?? 1));
  const [red = 0, green = 0, blue = 0] = toLinear.map((row) =>
    encoded(row.reduce((sum, factor, axis) => sum + factor * (xyz[axis] ?? 0), 0)),
  );
  return colourText([red, green, blue]);
}

function inverse(value: number): number {
  const cube = value ** 3;
  return cube > 216 / 24389 ? cube : (116 * value - 16) / (24389 / 27);
}

/** IEC 61966-2-1, 8 bits. */
function encoded(linear: number): number {
  const clipped = Math.min(1, Math.max(0, linear));
  const value = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * clipped ** (1 / 2.4) - 0.055;
  return Math.round(255 * value);
}
