import type { Random } from '../../random.ts';
import { Canvas } from '../canvas.ts';
import {
  around,
  chance,
  type Colour,
  direction,
  pick,
  varyColour,
  type Vector,
} from '../drawing.ts';
import { makeNoise, makeTerrain } from '../noise.ts';

/** Land covers, in mask order; value 0 of a mask is all else (roads, tracks). */
export const covers = ['water', 'forest', 'crops', 'town', 'bare'] as const;
export type Cover = (typeof covers)[number];

/** Mask value of a cover; `undefined` is a road or track. */
export function maskValue(cover: Cover | undefined): number {
  return cover === undefined ? 0 : covers.indexOf(cover) + 1;
}

/** Properties shared by all covers of a tile: place, season and light. Pixels are about 10 m. */
export interface Scene {
  readonly side: number;
  readonly random: Random;
  /** Vegetation from 0 (winter or drought) to 1 (early summer). */
  readonly lushness: number;
  readonly soil: Colour;
  /** Direction of shadows, away from the sun. */
  readonly shadow: Vector;
  /** Length of a house's shadow in pixels. */
  readonly shadowLength: number;
  /** Brightness of each pixel by the slope of the ground, around 1. */
  readonly relief: Float32Array;
}

/** Tile filled with one cover: its appearance, and its mask, in which some details have another class. */
export interface CoverTile {
  readonly canvas: Canvas;
  readonly mask: Uint8Array;
}

const soils: readonly Colour[] = [
  [188, 156, 134],
  [164, 126, 116],
  [146, 116, 110],
  [120, 104, 104],
  [186, 132, 118],
  [150, 134, 116],
];

export function makeScene(random: Random, side: number, cover: Cover): Scene {
  const hilly = cover === 'forest' || cover === 'bare';
  const strength = chance(random, hilly ? 0.5 : 0.15) ? random.uniform(0.1, hilly ? 0.4 : 0.25) : 0;
  const shadow = direction(random);
  return {
    side,
    random,
    lushness: around(random, 0, 1),
    soil: varyColour(random, pick(random, soils), 0.1),
    shadow,
    shadowLength: random.uniform(0.3, 1.2),
    relief: relief(random, side, shadow, strength),
  };
}

export function makeLayer(side: number, cover: Cover, colour: Colour): CoverTile {
  const mask = new Uint8Array(side * side).fill(maskValue(cover));
  return { canvas: new Canvas(side, colour), mask };
}

/** Hill shading: slopes that face the light are brighter. */
function relief(random: Random, side: number, light: Vector, strength: number): Float32Array {
  const height = makeNoise(random, { scale: random.uniform(14, 40), octaves: 3, roughness: 0.55 });
  if (strength === 0) return new Float32Array(side * side).fill(1);
  const { slopes } = makeTerrain(side, height, light);
  return slopes.map((slope) => Math.max(0.55, 1 + 2 * strength * slope));
}
