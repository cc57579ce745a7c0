import type { Random } from '../random.ts';

/** Point or direction on the image plane, in pixels; y points down. */
export interface Vector {
  readonly x: number;
  readonly y: number;
}

/** Red, green, blue in [0, 255]; fractions are kept until the image is finished. */
export type Colour = readonly [number, number, number];

export function clamp(value: number, low = 0, high = 1): number {
  return value < low ? low : value > high ? high : value;
}

/** 0 below `low`, 1 above `high`, and a smooth cubic between. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = clamp((value - low) / (high - low));
  return t * t * (3 - 2 * t);
}

export function mixColours(from: Colour, to: Colour, amount: number): Colour {
  return [
    from[0] + (to[0] - from[0]) * amount,
    from[1] + (to[1] - from[1]) * amount,
    from[2] + (to[2] - from[2]) * amount,
  ];
}

export function scaleColour(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

/** Varies the brightness by up to the share `amount`, and each channel by up to a third of that. */
export function varyColour(random: Random, colour: Colour, amount: number): Colour {
  const common = 1 + random.uniform(-amount, amount);
  const own = () => common * (1 + random.uniform(-amount, amount) / 3);
  return [colour[0] * own(), colour[1] * own(), colour[2] * own()];
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.integer(items.length)] as T;
}

export function chance(random: Random, probability: number): boolean {
  return random.uniform() < probability;
}

/** Returns a random number between `low` and `high`, most often near the middle. */
export function around(random: Random, low: number, high: number): number {
  return low + ((high - low) * (random.uniform() + random.uniform())) / 2;
}

/**
 * Returns a random unit vector of uniform direction, from points of the disc instead of `cos` and `sin`, whose
 * last digits depend on the JavaScript engine: the samples use only arithmetic that IEEE 754 rounds exactly, so
 * their bytes are the same everywhere.
 */
export function direction(random: Random): Vector {
  for (;;) {
    const x = random.uniform(-1, 1);
    const y = random.uniform(-1, 1);
    const square = x * x + y * y;
    if (square > 0.01 && square < 1) {
      const length = Math.sqrt(square);
      return { x: x / length, y: y / length };
    }
  }
}

/** Rotates `vector` by the angle of the unit vector `by`. */
export function turn(vector: Vector, by: Vector): Vector {
  return { x: vector.x * by.x - vector.y * by.y, y: vector.x * by.y + vector.y * by.x };
}

/** Returns a random unit vector at most about `degrees` away from the x axis, to either side. */
export function slightTurn(random: Random, degrees: number): Vector {
  const slope = (random.uniform(-1, 1) * degrees) / 57.3;
  const length = Math.sqrt(1 + slope * slope);
  return { x: 1 / length, y: slope / length };
}
