import { Canvas } from '../canvas.ts';
import type { Random } from '../../random.ts';
import { type Colour, mixColours, varyColour, type Vector } from '../drawing.ts';
import { type Shape } from './shapes.ts';

/** The mask of a field of cells: 0 is the bare slide (and platelets). */
export const cellMask = { nucleus: 1, cytoplasm: 2, red: 3 } as const;

/** A field under construction, and how this slide took the stain. */
export interface Slide {
  readonly canvas: Canvas;
  readonly mask: Uint8Array;
  readonly random: Random;
  /** 0 stains chromatin blue, 1 violet. */
  readonly violet: number;
  /** 0 is a blue, basic stain; 1 is a pink, acid one. */
  readonly acid: number;
  /** What light is left by the thickest part of a red cell, by channel. */
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

/** Visits the pixels in a square round `centre` with the shape's signed distance there. */
export function eachPixel(
  side: number,
  centre: Vector,
  reach: number,
  shape: Shape,
  visit: (pixel: number, distance: number, x: number, y: number) => void,
): void {
  const top = Math.max(0, Math.floor(centre.y - reach));
  const bottom = Math.min(side - 1, Math.ceil(centre.y + reach));
  const left = Math.max(0, Math.floor(centre.x - reach));
  const right = Math.min(side - 1, Math.ceil(centre.x + reach));
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) visit(y * side + x, shape(x, y), x, y);
}
