import type { TakeRun } from './edit.ts';

/** Position of a round brush; px of the image from the corner of its first pixel. */
export interface Dab {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/**
 * Emits the pixels that a round brush covers between two positions, each row once: those whose
 * centre is in the convex hull of both circles, and the pixel under either end. A brush of one pixel or less
 * goes from pixel centre to pixel centre.
 */
export function brushRuns(from: Dab, to: Dab, take: TakeRun): void {
  const [a, b] = [snapped(from), snapped(to)];
  const quad = tangentQuad(a, b);
  const top = Math.floor(Math.min(a.y - a.radius, b.y - b.radius));
  const bottom = Math.ceil(Math.max(a.y + a.radius, b.y + b.radius));
  for (let row = top; row <= bottom; row++) {
    const centre = row + 0.5;
    let [left, right] = circleAt(a, centre);
    const second = circleAt(b, centre);
    left = Math.min(left, second[0]);
    right = Math.max(right, second[1]);
    for (let side = 0; side < quad.length; side++) {
      const [x0, y0] = quad[side] ?? [0, 0];
      const [x1, y1] = quad[(side + 1) % quad.length] ?? [0, 0];
      if (y0 > centre === y1 > centre) continue;
      const x = x0 + ((centre - y0) / (y1 - y0)) * (x1 - x0);
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
    // Pixel centres in [left, right].
    let first = Math.ceil(left - 0.5);
    let end = Math.floor(right - 0.5) + 1;
    for (const { x, y } of [a, b]) {
      if (Math.floor(y) !== row) continue;
      first = Math.min(first, Math.floor(x));
      end = Math.max(end, Math.floor(x) + 1);
    }
    if (end > first) take(row, first, end);
  }
}

function snapped(dab: Dab): Dab {
  if (dab.radius > 0.5) return dab;
  return { x: Math.floor(dab.x) + 0.5, y: Math.floor(dab.y) + 0.5, radius: 0.5 };
}

/** Range in which a row intersects a circle. */
function circleAt({ x, y, radius }: Dab, row: number): [number, number] {
  const square = radius * radius - (row - y) * (row - y);
  if (square < 0) return [Infinity, -Infinity];
  const half = Math.sqrt(square);
  return [x - half, x + half];
}

/** Points where the two outer tangents touch two circles; empty if one circle contains the other. */
function tangentQuad(a: Dab, b: Dab): [number, number][] {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const distance = Math.hypot(dx, dy);
  if (distance <= Math.abs(a.radius - b.radius)) return [];
  const cosine = (a.radius - b.radius) / distance;
  const sine = Math.sqrt(1 - cosine * cosine);
  const [ux, uy] = [dx / distance, dy / distance];
  const at = ({ x, y, radius }: Dab, side: 1 | -1): [number, number] => [
    x + radius * (ux * cosine - side * uy * sine),
    y + radius * (uy * cosine + side * ux * sine),
  ];
  return [at(a, 1), at(b, 1), at(b, -1), at(a, -1)];
}
