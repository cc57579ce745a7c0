import {
  around,
  chance,
  clamp,
  direction,
  mixColours,
  smoothstep,
  varyColour,
  type Vector,
} from '../drawing.ts';
import { ellipse, wobbled } from './shapes.ts';
import { cellMask, eachPixel, type Slide } from './slide.ts';

/** Paints red cells: discs thin in the middle. Light passes through all cells that overlap. */
export function paintRedCells(slide: Slide, white: Vector, whiteRadius: number): void {
  const { random, canvas } = slide;
  const size = random.uniform(8.5, 10.5);
  const pallor = random.uniform(0.2, 0.95);
  const cells: Vector[] = [];
  const wanted = 5 + random.integer(22);
  const crowded = chance(random, 0.3) ? 1.1 : 1.7;
  for (let tries = wanted * 3; tries > 0 && cells.length < wanted; tries--) {
    const centre = {
      x: random.uniform(-size, canvas.side + size),
      y: random.uniform(-size, canvas.side + size),
    };
    if (distance(centre, white) < whiteRadius + 0.85 * size) continue;
    if (cells.some((other) => distance(other, centre) < crowded * size)) continue;
    cells.push(centre);
    paintRedCell(slide, centre, size * random.uniform(0.85, 1.15), pallor * random.uniform(0.6, 1));
  }
}

function paintRedCell(slide: Slide, centre: Vector, radius: number, pallor: number): void {
  const { canvas, mask, random } = slide;
  const squeeze = chance(random, 0.2) ? random.uniform(0.6, 0.85) : random.uniform(0.85, 1);
  const disc = ellipse(centre, direction(random), radius, radius * squeeze);
  const shape = wobbled(random, disc, radius, random.uniform(0.2, 1.2));
  const through = varyColour(random, slide.haemoglobin, 0.04);
  const rim = random.uniform(0.3, 0.55);
  eachPixel(canvas.side, centre, radius * 1.3 + 2, shape, (pixel, signed) => {
    const depth = -signed / radius;
    // Light refracted by the edge: a bright line outside, a dark one inside.
    const glow = smoothstep(2.5, 0.6, Math.abs(signed - 1.2));
    if (glow > 0 && mask[pixel] === 0) canvas.filter(pixel, 1 + 0.02 * glow);
    const cover = clamp(0.5 - signed);
    if (cover === 0) return;
    const dip = pallor * smoothstep(rim * 0.6, rim + 0.5, depth);
    const thick = cover * (0.75 + 0.25 * smoothstep(0, 0.3, depth)) * (1 - dip);
    const left = mixColours([1, 1, 1], through, thick);
    canvas.filter(pixel, left[0], left[1], left[2]);
    if (signed < 0) mask[pixel] = cellMask.red;
  });
}

/** Paints platelets: violet crumbs, which the mask counts as slide. */
export function paintPlatelets({ canvas, random }: Slide): void {
  for (let left = random.integer(5); left > 0; left--) {
    const centre = { x: random.uniform(0, canvas.side), y: random.uniform(0, canvas.side) };
    const tint = mixColours([110, 72, 170], [205, 180, 215], random.uniform(0.2, 0.8));
    canvas.disc(centre, around(random, 0.7, 2.6), tint, 0.7);
  }
}

function distance(a: Vector, b: Vector): number {
  const dx = a.x - b.x;
  const dy = a.y - b.y;
  return Math.sqrt(dx * dx + dy * dy);
}
