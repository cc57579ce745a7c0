import type { Random } from '../random.ts';
import type { Vector } from './drawing.ts';

/** Smooth random function of the plane, with mean 0 and a standard deviation of about 0.4. */
export type Noise = (x: number, y: number) => number;

export interface NoiseOptions {
  /** Size of the largest features, in pixels. */
  readonly scale: number;
  /** Number of octaves; each halves the size of the features. */
  readonly octaves?: number;
  /** Amplitude of an octave relative to the one before. */
  readonly roughness?: number;
  /** Direction along which features are stretched. */
  readonly along?: Vector;
  /** Factor by which features are stretched. */
  readonly stretch?: number;
}

/**
 * Creates gradient noise (Perlin, "Improving noise", 2002) summed over octaves. Its lattice is an integer hash
 * of the coordinates, so a field has no table and no period.
 */
export function makeNoise(random: Random, options: NoiseOptions): Noise {
  const { scale, octaves = 1, roughness = 0.5, along = { x: 1, y: 0 }, stretch = 1 } = options;
  const seed = random.next() | 0;
  // Shifted, because gradient noise is 0 on its lattice and octaves share the lattice at the origin.
  const shiftX = random.uniform(0, 256);
  const shiftY = random.uniform(0, 256);
  const alongScale = 1 / (scale * stretch);
  const acrossScale = 1 / scale;
  let power = 0;
  for (let octave = 0, gain = 1; octave < octaves; octave++, gain *= roughness)
    power += gain * gain;
  const normal = 1 / Math.sqrt(power);
  return (x, y) => {
    let u = (x * along.x + y * along.y) * alongScale + shiftX;
    let v = (y * along.x - x * along.y) * acrossScale + shiftY;
    let sum = 0;
    for (let octave = 0, gain = normal; octave < octaves; octave++, gain *= roughness) {
      sum += gain * gradientNoise(u, v, (seed + octave) | 0);
      u = 2 * u + 0.37;
      v = 2 * v + 0.71;
    }
    return sum;
  };
}

/**
 * Warps `noise` by moving its points by up to `reach` pixels according to two other fields (domain warping). These
 * are smooth, so they are computed coarsely, for a plane of side × side.
 */
export function warped(
  random: Random,
  side: number,
  noise: Noise,
  scale: number,
  reach: number,
): Noise {
  const pushX = coarse(side, makeNoise(random, { scale, octaves: 2 }));
  const pushY = coarse(side, makeNoise(random, { scale, octaves: 2 }));
  return (x, y) => noise(x + reach * pushX(x, y), y + reach * pushY(x, y));
}

/** Interpolates a field from its values at every fourth pixel of a plane of side × side and its margin. */
export function coarse(side: number, noise: Noise): Noise {
  const wide = Math.ceil(side / 4) + 3;
  const values = plane(wide, (x, y) => noise(4 * x - 4, 4 * y - 4));
  return (x, y) => {
    const u = x / 4 + 1;
    const v = y / 4 + 1;
    const left = Math.floor(u);
    const at = Math.floor(v) * wide + left;
    const fx = u - left;
    const fy = v - Math.floor(v);
    const upper = (values[at] ?? 0) * (1 - fx) + (values[at + 1] ?? 0) * fx;
    const lower = (values[at + wide] ?? 0) * (1 - fx) + (values[at + wide + 1] ?? 0) * fx;
    return upper + (lower - upper) * fy;
  };
}

/** Computes a plane of side × side values, row by row. */
export function plane(side: number, value: Noise): Float32Array {
  const values = new Float32Array(side * side);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) values[pixel] = value(x, y);
  return values;
}

/** Computes a height field, and at each pixel its slope along the unit vector `light` (central differences). */
export function makeTerrain(side: number, height: Noise, light: Vector): Terrain {
  const wide = side + 2;
  const padded = plane(wide, (x, y) => height(x - 1, y - 1));
  const heights = new Float32Array(side * side);
  const slopes = new Float32Array(side * side);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const at = (y + 1) * wide + x + 1;
      const alongX = (padded[at + 1] ?? 0) - (padded[at - 1] ?? 0);
      const alongY = (padded[at + wide] ?? 0) - (padded[at - wide] ?? 0);
      heights[pixel] = padded[at] ?? 0;
      slopes[pixel] = (alongX * light.x + alongY * light.y) / 2;
    }
  return { heights, slopes };
}

export interface Terrain {
  readonly heights: Float32Array;
  readonly slopes: Float32Array;
}

// Odd constants that spread neighbouring coordinates over all bits.
const hashX = 0x27d4eb2d;
const hashY = 0x165667b1;

/** Hashes a lattice point to 32 well-mixed bits. */
export function latticeHash(x: number, y: number, seed: number): number {
  let hash = Math.imul(x, hashX) ^ Math.imul(y, hashY) ^ Math.imul(seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 13), 0x297a2d39);
  return hash ^ (hash >>> 16);
}

function gradientNoise(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  // The four corners share the products of the hash of their coordinates.
  const column = Math.imul(left, hashX);
  const nextColumn = column + hashX;
  const row = Math.imul(top, hashY) ^ seed;
  const nextRow = Math.imul(top + 1, hashY) ^ seed;
  const a = slope(stir(column ^ row), fx, fy);
  const b = slope(stir(nextColumn ^ row), fx - 1, fy);
  const c = slope(stir(column ^ nextRow), fx, fy - 1);
  const d = slope(stir(nextColumn ^ nextRow), fx - 1, fy - 1);
  const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
  const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
  const upper = a + (b - a) * u;
  return 0.75 * (upper + (c + (d - c) * u - upper) * v);
}

/** Mixes the bits of a word into its lowest three. */
function stir(word: number): number {
  const hash = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 17;
}

/**
 * Height at (x, y) of one of eight planes through the lattice point: slopes ±1 and ±2, or ±2 and ±1.
 * Uses sums, because branches on random bits are mispredicted half of the time.
 */
function slope(hash: number, x: number, y: number): number {
  const steep = (hash >> 2) & 1;
  return (1 - 2 * (hash & 1)) * (1 + steep) * x + (1 - (hash & 2)) * (2 - steep) * y;
}
