import { mirroredIndex } from '../image/raster.ts';

/** Plane of one value per pixel, row by row from the top left: (height, width). */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Radius of the kernel in standard deviations. */
const reach = 3;

/**
 * Smooths a plane with a Gaussian of standard deviation `sigma` px, above 0, cut off at 3 σ. Beyond the edge the
 * plane is mirrored with its last pixel repeated (d c b a | a b c d | d c b a), as in scipy's
 * `gaussian_filter(mode='reflect', truncate=3)`.
 */
export function gaussian({ width, height, data }: Plane, sigma: number): Plane {
  const kernel = gaussianKernel(sigma);
  const across = new Float32Array(data.length);
  const line = new Float32Array(width + 2 * (kernel.length - 1));
  for (let row = 0; row < height; row++) {
    const start = row * width;
    smoothRow(data.subarray(start, start + width), kernel, line, across.subarray(start));
  }
  return { width, height, data: smoothColumns(across, width, height, kernel) };
}

/** Half of a kernel that sums to 1: the weight of the centre, then of the neighbours at 1, 2, … px. */
export function gaussianKernel(sigma: number): Float32Array {
  const radius = Math.max(1, Math.floor(reach * sigma + 0.5));
  const weights = Array.from({ length: radius + 1 }, (_, distance) =>
    Math.exp((-0.5 * distance * distance) / (sigma * sigma)),
  );
  const sum = weights.reduce((total, weight, distance) => total + (distance ? 2 : 1) * weight, 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

/** @param line buffer for the row with its mirrored ends */
function smoothRow(
  row: Float32Array,
  kernel: Float32Array,
  line: Float32Array,
  out: Float32Array,
): void {
  const width = row.length;
  const radius = kernel.length - 1;
  for (let at = 0; at < radius; at++) {
    line[at] = row[mirroredIndex(at - radius, width)] ?? 0;
    line[radius + width + at] = row[mirroredIndex(width + at, width)] ?? 0;
  }
  line.set(row, radius);
  const centre = kernel[0] ?? 0;
  for (let x = 0; x < width; x++) {
    const at = x + radius;
    let sum = centre * (line[at] ?? 0);
    for (let distance = 1; distance <= radius; distance++) {
      sum += (kernel[distance] ?? 0) * ((line[at - distance] ?? 0) + (line[at + distance] ?? 0));
    }
    out[x] = sum;
  }
}

/** Smooths columns, row by row, since a column's pixels are far from each other in memory. */
function smoothColumns(
  data: Float32Array,
  width: number,
  height: number,
  kernel: Float32Array,
): Float32Array {
  const out = new Float32Array(data.length);
  for (let row = 0; row < height; row++) {
    const target = out.subarray(row * width, (row + 1) * width);
    for (let distance = 0; distance < kernel.length; distance++) {
      const weight = kernel[distance] ?? 0;
      const above = mirroredIndex(row - distance, height) * width;
      const below = mirroredIndex(row + distance, height) * width;
      if (distance === 0) {
        for (let x = 0; x < width; x++) target[x] = weight * (data[above + x] ?? 0);
      } else {
        for (let x = 0; x < width; x++) {
          target[x] = (target[x] ?? 0) + weight * ((data[above + x] ?? 0) + (data[below + x] ?? 0));
        }
      }
    }
  }
  return out;
}
