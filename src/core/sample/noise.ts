import type { Random } from '../random.ts';
import type { Vector } from './drawing.ts';

/** A smooth random function of the plane, with mean 0 and a standard deviation of about 0.4. */
export type Noise = (x: number, y: number) => number;

export interface NoiseOptions {
  /** Size of the largest features, in pixels. */
  readonly scale: number;
  /** Each octave halves the features' size. */
  readonly octaves?: number;
  /** Amplitude of an octave as a share of the one before. */
  readonly roughness?: number;
  /** Features are drawn out along this direction … */
  readonly along?: Vector;
  /** … by this factor. */
  readonly stretch?: number;
}

/**
 * Gradient noise (Perlin, "Improving noise", 2002) summed over octaves. Its lattice is an integer hash
 * of the coordinates, so a field has no table and no period.
 */
export function makeNoise(random: Random, options: NoiseOptions): Noise {
  const { scale, octaves = 1, roughness = 0.5, along = { x: 1, y: 0 }, stretch = 1 } = options;
  const seed = random.next();
  // A shift, because gradient noise is 0 on its lattice and octaves share the lattice at the origin.
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
      sum += gain * gradientNoise(u, v, seed + octave);
      u = 2 * u + 0.37;
      v = 2 * v + 0.71;
    }
    return sum;
  };
}

/** `noise` looked up at points that two other fields push about by `reach` pixels (domain warping). */
export function warped(random: Random, noise: Noise, scale: number, reach: number): Noise {
  const pushX = makeNoise(random, { scale, octaves: 2 });
  const pushY = makeNoise(random, { scale, octaves: 2 });
  return (x, y) => noise(x + reach * pushX(x, y), y + reach * pushY(x, y));
}

/** A plane of side × side values, row by row. */
export function plane(side: number, value: Noise): Float32Array {
  const values = new Float32Array(side * side);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) values[pixel] = value(x, y);
  return values;
}

/**
 * How far the ground rises against the light at each pixel: the slope of `height` along the unit vector
 * `light`, by central differences.
 */
export function slopes(side: number, height: Noise, light: Vector): Float32Array {
  const wide = side + 2;
  const heights = plane(wide, (x, y) => height(x - 1, y - 1));
  const values = new Float32Array(side * side);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const at = (y + 1) * wide + x + 1;
      const alongX = (heights[at + 1]!) - (heights[at - 1]!);
      const alongY = (heights[at + wide]!) - (heights[at - wide]!);
      values[pixel] = (alongX * light.x + alongY * light.y) / 2;
    }
  return values;
}

/** 32 well-mixed bits for a lattice point. */
export function latticeHash(x: number, y: number, seed: number): number {
  let hash = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 13), 0x297a2d39);
  return hash ^ (hash >>> 16);
}

function gradientNoise(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  const a = slope(latticeHash(left, top, seed), fx, fy);
  const b = slope(latticeHash(left + 1, top, seed), fx - 1, fy);
  const c = slope(latticeHash(left, top + 1, seed), fx, fy - 1);
  const d = slope(latticeHash(left + 1, top + 1, seed), fx - 1, fy - 1);
  const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
  const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
  const upper = a + (b - a) * u;
  return 0.75 * (upper + (c + (d - c) * u - upper) * v);
}

/** The height at (x, y) of one of eight planes through the lattice point. */
function slope(hash: number, x: number, y: number): number {
  const u = (hash & 4) === 0 ? x : y;
  const v = (hash & 4) === 0 ? y : x;
  return ((hash & 1) === 0 ? u : -u) + ((hash & 2) === 0 ? 2 * v : -2 * v);
}
