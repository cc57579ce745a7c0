import type { Random } from '../../random.ts';
import { clamp, type Colour, direction, type Vector } from '../drawing.ts';
import { makeNoise } from '../noise.ts';
import type { CoverTile } from './scene.ts';

/** Signed distance in pixels to an infinite line; `along` is the position on it. */
export interface Line {
  readonly distance: (x: number, y: number) => number;
  readonly along: Vector;
}

/** Creates a line that crosses the tile near its middle and wanders by about `wander` pixels. */
export function makeLine(
  random: Random,
  side: number,
  wander: number,
  along: Vector = direction(random),
): Line {
  const through = { x: side * random.uniform(0.15, 0.85), y: side * random.uniform(0.15, 0.85) };
  const swing = makeNoise(random, { scale: random.uniform(18, 45), octaves: 2, roughness: 0.4 });
  const distance = (x: number, y: number) => {
    const dx = x - through.x;
    const dy = y - through.y;
    const across = dy * along.x - dx * along.y;
    return wander === 0 ? across : across - wander * swing(dx * along.x + dy * along.y, 0);
  };
  return { distance, along };
}

export interface LineStyle {
  /** Width, px. */
  readonly width: number;
  readonly colour: Colour;
  /** Class in the mask; undefined if the mask stays as it is. */
  readonly value?: number | undefined;
  /** Opacity, in [0, 1]; 1 by default. */
  readonly strength?: number;
}

/** Paints a strip along a line; the mask includes pixels that it covers by half or more. */
export function paintLine(
  layer: CoverTile,
  line: Line,
  { width, colour, value, strength = 1 }: LineStyle,
): void {
  const { canvas, mask } = layer;
  for (let y = 0, pixel = 0; y < canvas.side; y++)
    for (let x = 0; x < canvas.side; x++, pixel++) {
      const cover = clamp(width / 2 + 0.5 - Math.abs(line.distance(x, y)), 0, Math.min(1, width));
      if (cover === 0) continue;
      canvas.mix(pixel, colour, cover * strength);
      if (value !== undefined && cover >= 0.5) mask[pixel] = value;
    }
}
