import { Canvas } from '../canvas.ts';
import type { Random } from '../../random.ts';
import { type Colour, mixColours, varyColour, type Vector } from '../drawing.ts';
import { type SignedDistance } from './shapes.ts';

/** Mask values of a field of cells; 0 is the bare slide (and platelets). */
export const cellMask = { nucleus: 1, cytoplasm: 2, red: 3 } as const;

/** Field under construction, and the staining of its slide. */
export interface Slide {
  readonly canvas: Canvas;
  readonly mask: Uint8Array;
  readonly random: Random;
  /** Colour of chromatin: 0 blue, 1 violet. */
  readonly violet: number;
  /** Acidity of the stain: 0 blue and basic, 1 pink and acid. */
  readonly acid: number;
  /** Share of light that passes the thickest part of a red cell, by channel. */
  readonly haemoglobin: Colour;
}

export function makeSlide(random: Random, side: number): Slide {
  const acid = random.uniform();
  const glass = varyColour(random, mixColours([214, 218, 214], [226, 216, 210], acid), 0.04);
  const pale = mixColours([0.94, 0.78, 0.76], [0.86, 0.66, 0.66], random.uniform());
  return {
    canvas: new Canvas(side, glass),
    mask: new Uint8Array(side * side),
    random,
    violet: random.uniform(),
    acid,
    haemoglobin: pale,
  };
}

/** Visits the pixels in a square around `centre` with the shape's signed distance there. */
export function eachPixel(
  side: number,
  centre: Vector,
  reach: number,
  shape: SignedDistance,
  visit: (pixel: number, distance: number, x: number, y: number) => void,
): void {
  const top = Math.max(0, Math.floor(centre.y - reach));
  const bottom = Math.min(side - 1, Math.ceil(centre.y + reach));
  const left = Math.max(0, Math.floor(centre.x - reach));
  const right = Math.min(side - 1, Math.ceil(centre.x + reach));
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) visit(y * side + x, shape(x, y), x, y);
}
