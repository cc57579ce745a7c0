import type { LabelColour } from '../paired/label-list.ts';

/** Linear sRGB to XYZ under D50, the white of DICOM's CIELab (ICC.1:2010; Bradford adaptation). */
const toXyz = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
] as const;
const white = [0.96422, 1, 0.82521] as const;

/**
 * Converts a colour to the form that DICOM stores (PS3.3, C.10.7.1.1): L* from 0 to 100, a* and b* from −128 to 127,
 * each spread over 16 bits.
 */
export function cielab(colour: LabelColour): [lightness: number, a: number, b: number] {
  const linear = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const [x = 0, y = 0, z = 0] = toXyz.map((row, index) => {
    const sum = row.reduce((total, factor, part) => total + factor * (linear[part] ?? 0), 0);
    return curve(sum / (white[index] ?? 1));
  });
  const lightness = 116 * y - 16;
  const [a, b] = [500 * (x - y), 200 * (y - z)];
  return [spread(lightness, 0, 100), spread(a, -128, 127), spread(b, -128, 127)];
}

/** CIE 15: the cube root, and a line near 0. */
function curve(share: number): number {
  return share > 216 / 24389 ? Math.cbrt(share) : (841 / 108) * share + 4 / 29;
}

function spread(value: number, low: number, high: number): number {
  const share = (value - low) / (high - low);
  return Math.round(65535 * Math.min(1, Math.max(0, share)));
}
