import type { Random } from '../../random.ts';
import { clamp, type Vector } from '../drawing.ts';
import { makeNoise } from '../noise.ts';

/** Shape given by its signed distance in pixels: negative inside, 0 on the outline (accurate at least near it). */
export type SignedDistance = (x: number, y: number) => number;

export function ellipse(
  centre: Vector,
  axis: Vector,
  along: number,
  across: number,
): SignedDistance {
  const mean = Math.sqrt(along * across);
  return (x, y) => {
    const dx = x - centre.x;
    const dy = y - centre.y;
    const u = (dx * axis.x + dy * axis.y) / along;
    const v = (dy * axis.x - dx * axis.y) / across;
    return (Math.sqrt(u * u + v * v) - 1) * mean;
  };
}

export function circle(centre: Vector, radius: number): SignedDistance {
  return (x, y) => {
    const dx = x - centre.x;
    const dy = y - centre.y;
    return Math.sqrt(dx * dx + dy * dy) - radius;
  };
}

/** Rod with round ends. */
export function capsule(from: Vector, to: Vector, radius: number): SignedDistance {
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

/** Union of shapes, filleted over about `soft` pixels where they meet (Quilez's polynomial minimum). */
export function smoothUnion(parts: readonly SignedDistance[], soft: number): SignedDistance {
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

/** Shape whose outline is displaced by about `amount` pixels, in bumps of the given size. */
export function wobbled(
  random: Random,
  shape: SignedDistance,
  size: number,
  amount: number,
): SignedDistance {
  const bumps = makeNoise(random, { scale: size, octaves: 2 });
  return (x, y) => shape(x, y) + amount * bumps(x, y);
}
