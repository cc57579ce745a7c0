import type { Random } from '../../random.ts';
import { clamp, type Vector } from '../drawing.ts';
import { makeNoise } from '../noise.ts';

/** A shape by its signed distance in pixels: negative inside, 0 on the outline (close to it at least). */
export type Shape = (x: number, y: number) => number;

export function ellipse(centre: Vector, axis: Vector, along: number, across: number): Shape {
  const mean = Math.sqrt(along * across);
  return (x, y) => {
    const dx = x - centre.x;
    const dy = y - centre.y;
    const u = (dx * axis.x + dy * axis.y) / along;
    const v = (dy * axis.x - dx * axis.y) / across;
    return (Math.sqrt(u * u + v * v) - 1) * mean;
  };
}

export function circle(centre: Vector, radius: number): Shape {
  return (x, y) => {
    const dx = x - centre.x;
    const dy = y - centre.y;
    return Math.sqrt(dx * dx + dy * dy) - radius;
  };
}

/** A rod with round ends. */
export function capsule(from: Vector, to: Vector, radius: number): Shape {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const square = dx * dx + dy * dy;
  return (x, y) => {
    const t = clamp(((x - from.x) * dx + (y - from.y) * dy) / square);
    const ex = x - from.x - t * dx;
    const ey = y - from.y - t * dy;
    return Math.sqrt(ex * ex + ey * ey) - radius;
  };
}

/** The union, filleted where the parts meet over about `soft` pixels (Quilez's polynomial minimum). */
export function joined(parts: readonly Shape[], soft: number): Shape {
  return (x, y) => {
    let distance = 1e3;
    for (const part of parts) {
      const other = part(x, y);
      const near = Math.max(soft - Math.abs(distance - other), 0) / soft;
      distance = Math.min(distance, other) - (near * near * soft) / 4;
    }
    return distance;
  };
}

/** The outline pushed in and out by about `amount` pixels, in bumps of the given size. */
export function wobbled(random: Random, shape: Shape, size: number, amount: number): Shape {
  const bumps = makeNoise(random, { scale: size, octaves: 2 });
  return (x, y) => shape(x, y) + amount * bumps(x, y);
}
