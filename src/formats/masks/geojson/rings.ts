import type { Rectangle, Size } from '../../../core/mask/tiles.ts';
import type { Shape, TileCanvas } from '../layers.ts';

/** Points x, y, x, y, … in px of the image; pixel (0, 0) reaches from 0 to 1. The last is joined to the first. */
export type Ring = Float64Array;

/**
 * An area within rings, by the even-odd rule: holes are rings like any other, and where a ring crosses
 * itself what is enclosed twice is outside. A pixel belongs to it where its centre does, as GDAL fills
 * polygons (a centre on the left edge does not, on the right edge does).
 *
 * @returns undefined where no pixel of the image can be in it
 */
export function ringShape(rings: readonly Ring[], value: number, image: Size): Shape | undefined {
  const bounds = boundsOf(rings, image);
  if (bounds === undefined) return undefined;
  return {
    value,
    bounds,
    paint(canvas) {
      paint(rings, canvas);
    },
  };
}

function boundsOf(rings: readonly Ring[], image: Size): Rectangle | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let at = 0; at + 1 < ring.length; at += 2) {
      const [x = 0, y = 0] = [ring[at], ring[at + 1]];
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
  }
  const x = Math.max(0, Math.floor(left));
  const y = Math.max(0, Math.floor(top));
  const width = Math.min(image.width, Math.ceil(right) + 1) - x;
  const height = Math.min(image.height, Math.ceil(bottom) + 1) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

function paint(rings: readonly Ring[], canvas: TileCanvas): void {
  const crossings: number[][] = Array.from({ length: canvas.height }, () => []);
  for (const ring of rings) addCrossings(ring, canvas, crossings);
  for (const [row, places] of crossings.entries()) {
    places.sort((a, b) => a - b);
    for (let at = 0; at + 1 < places.length; at += 2) {
      const [from = 0, to = 0] = [places[at], places[at + 1]];
      canvas.row(canvas.y + row, Math.floor(from + 0.5), Math.floor(to + 0.5));
    }
  }
}

/** Where a ring crosses the middle of each row of the tile. */
function addCrossings(ring: Ring, { y: top, height }: TileCanvas, crossings: number[][]): void {
  const count = ring.length;
  for (let at = 0; at < count; at += 2) {
    const next = (at + 2) % count;
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = [ring[at], ring[at + 1], ring[next], ring[next + 1]];
    const [low, high] = y1 < y2 ? [y1, y2] : [y2, y1];
    // Rows whose middle lies in [low, high).
    const first = Math.max(0, Math.ceil(low - 0.5) - top);
    const end = Math.min(height, Math.ceil(high - 0.5) - top);
    for (let row = first; row < end; row++) {
      crossings[row]?.push(x1 + (top + row + 0.5 - y1) * ((x2 - x1) / (y2 - y1)));
    }
  }
}
