import type { Raster } from '../image/raster.ts';
import { gaussian } from './gaussian.ts';
import type { Plane } from './gaussian.ts';

/** Standard deviations of the Gaussians that smooth pixels, px. */
export const scales = [1, 2, 4] as const;

/** Number of features per scale in addition to the smoothed bands. */
export const featuresPerScale = 4;

/**
 * Computes features of each pixel's neighbourhood, one plane each, as in ilastik (Berg et al.,
 * "ilastik: interactive machine learning for (bio)image analysis", Nature Methods 16, 2019). At each scale:
 * the smoothed bands and, of their mean (brightness, in [0, 1]), the gradient's length, the eigenvalues of
 * the Hessian, the greater first, and the local standard deviation. Derivatives are multiplied by σ or σ², so that
 * equal shapes of different size get equal values.
 *
 * @param image grey (1 channel) or RGB (3)
 */
export function pixelFeatures(image: Raster): Plane[] {
  const bands = bandPlanes(image);
  const brightness = meanPlane(bands);
  const squares = mapped(brightness, (value) => value * value);
  return scales.flatMap((sigma) => {
    const smooth = bands.map((band) => gaussian(band, sigma));
    const light = meanPlane(smooth);
    return [
      ...smooth,
      gradientLength(light, sigma),
      ...hessianEigenvalues(light, sigma),
      deviation(light, gaussian(squares, sigma)),
    ];
  });
}

/** Converts bands to planes of values in [0, 1]. */
function bandPlanes({ width, height, channels, data }: Raster): Plane[] {
  return Array.from({ length: channels }, (_, band) => {
    const values = new Float32Array(width * height);
    for (let at = 0; at < values.length; at++) values[at] = (data[at * channels + band] ?? 0) / 255;
    return { width, height, data: values };
  });
}

function meanPlane(planes: readonly Plane[]): Plane {
  const [first] = planes;
  if (!first) throw new Error('meanPlane: no planes');
  if (planes.length === 1) return first;
  const data = new Float32Array(first.data.length);
  for (const plane of planes) {
    for (let at = 0; at < data.length; at++) data[at] = (data[at] ?? 0) + (plane.data[at] ?? 0);
  }
  for (let at = 0; at < data.length; at++) data[at] = (data[at] ?? 0) / planes.length;
  return { ...first, data };
}

function mapped({ width, height, data }: Plane, change: (value: number) => number): Plane {
  return { width, height, data: data.map(change) };
}

/** Computes σ · ‖∇‖ by central differences; beyond the edge the last value is repeated. */
export function gradientLength(plane: Plane, sigma: number): Plane {
  return eachNeighbourhood(plane, (_, left, right, up, down) => {
    const x = (right - left) / 2;
    const y = (down - up) / 2;
    return sigma * Math.sqrt(x * x + y * y);
  });
}

/** Computes σ² · the eigenvalues of the matrix of second derivatives, the greater first. */
export function hessianEigenvalues(plane: Plane, sigma: number): [Plane, Plane] {
  const { width, height, data } = plane;
  const greater = new Float32Array(data.length);
  const lesser = new Float32Array(data.length);
  const square = sigma * sigma;
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width;
    const here = y * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - 1);
      const right = Math.min(width - 1, x + 1);
      const centre = 2 * (data[here + x] ?? 0);
      const xx = (data[here + left] ?? 0) + (data[here + right] ?? 0) - centre;
      const yy = (data[above + x] ?? 0) + (data[below + x] ?? 0) - centre;
      const rising = (data[below + right] ?? 0) + (data[above + left] ?? 0);
      const falling = (data[below + left] ?? 0) + (data[above + right] ?? 0);
      const xy = (rising - falling) / 4;
      const half = (xx - yy) / 2;
      const root = Math.sqrt(half * half + xy * xy);
      greater[here + x] = square * ((xx + yy) / 2 + root);
      lesser[here + x] = square * ((xx + yy) / 2 - root);
    }
  }
  return [
    { width, height, data: greater },
    { width, height, data: lesser },
  ];
}

/** Computes √(mean of squares − square of the mean). */
function deviation(mean: Plane, meanSquare: Plane): Plane {
  const data = new Float32Array(mean.data.length);
  for (let at = 0; at < data.length; at++) {
    const value = mean.data[at] ?? 0;
    // Rounding must not make it negative in constant areas.
    data[at] = Math.sqrt(Math.max(0, (meanSquare.data[at] ?? 0) - value * value));
  }
  return { ...mean, data };
}

function eachNeighbourhood(
  { width, height, data }: Plane,
  value: (centre: number, left: number, right: number, up: number, down: number) => number,
): Plane {
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width;
    const here = y * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const left = data[here + Math.max(0, x - 1)] ?? 0;
      const right = data[here + Math.min(width - 1, x + 1)] ?? 0;
      out[here + x] = value(
        data[here + x] ?? 0,
        left,
        right,
        data[above + x] ?? 0,
        data[below + x] ?? 0,
      );
    }
  }
  return { width, height, data: out };
}
