import { Random } from '../../random.ts';
import {
  chance,
  clamp,
  type Colour,
  mixColours,
  pick,
  scaleColour,
  varyColour,
  type Vector,
} from '../drawing.ts';
import { makeNoise, type Noise } from '../noise.ts';
import { scatterTrees, treeColour } from './forest.ts';
import { makeParcels } from './parcels.ts';
import { type CoverTile, makeLayer, maskValue, type Scene } from './scene.ts';

const growing: readonly Colour[] = [
  [40, 86, 74],
  [54, 98, 84],
  [52, 86, 78],
  [92, 114, 96],
  [74, 94, 84],
];
const ripe: readonly Colour[] = [
  [172, 146, 126],
  [150, 132, 114],
  [196, 164, 142],
  [134, 122, 106],
];

/** Field of crops: its colour, and its rows or planted dots. */
interface Field {
  readonly colour: Colour;
  readonly across: Vector;
  /** Distance between rows, px. */
  readonly period: number;
  readonly rows: number;
  readonly dots: boolean;
}

/** Paints farmland: a patchwork of fields with rows, hedges, tracks and a farm. */
export function paintCrops(scene: Scene): CoverTile {
  const { side, random } = scene;
  const large = chance(random, 0.25);
  const parcels = makeParcels(
    random,
    side,
    large ? random.uniform(22, 40) : random.uniform(12, 24),
  );
  const kinds = cropKinds(scene);
  const rowStrength = random.uniform(0.01, 0.07);
  const seed = random.next();
  const fields = new Map<number, Field>();
  const patchy = makeNoise(random, { scale: 10, octaves: 4, roughness: 0.6 });
  const thin = random.uniform(0, 0.5);
  const layer = makeLayer(side, 'crops', scene.soil);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const cell = parcels.cell[pixel] ?? 0;
      let field = fields.get(cell);
      if (field === undefined) {
        field = makeField(new Random(seed, cell), kinds, parcels.axis, rowStrength);
        fields.set(cell, field);
      }
      const patch = patchy(x, y);
      layer.canvas.mix(pixel, field.colour, 1 - thin * clamp(patch - 0.1));
      layer.canvas.filter(pixel, fieldShade(field, x, y) * (1 + 0.06 * patch));
    }
  paintBorders(scene, layer, parcels.border);
  if (chance(random, 0.4)) scatterTrees(scene, layer, 1 + random.integer(14), [0.5, 1.6], true);
  if (chance(random, 0.25)) paintFarm(scene, layer, parcels.axis);
  return layer;
}

/** Colours of the two to four crops (or bare soils) of this land in this season. */
function cropKinds({ random, lushness, soil }: Scene): Colour[] {
  if (chance(random, 0.24)) {
    // Pasture: one green, grazed more or less.
    const grass = varyColour(random, mixColours([48, 92, 76], soil, 0.15 * random.uniform()), 0.1);
    return [
      grass,
      varyColour(random, grass, 0.1),
      mixColours(grass, soil, random.uniform(0.1, 0.4)),
    ];
  }
  return Array.from({ length: 2 + random.integer(3) }, () => {
    const state = random.uniform() + (lushness - 0.65) * 1.1;
    if (state > 0.5) return varyColour(random, pick(random, growing), 0.08);
    if (state > 0.25) return varyColour(random, pick(random, ripe), 0.12);
    return varyColour(random, mixColours(soil, [178, 148, 132], 0.4), 0.15);
  });
}

function makeField(random: Random, kinds: readonly Colour[], axis: Vector, rows: number): Field {
  return {
    colour: varyColour(random, pick(random, kinds), 0.1),
    across: chance(random, 0.7) ? axis : { x: -axis.y, y: axis.x },
    period: random.uniform(2.1, 4.5),
    rows: chance(random, 0.7) ? rows * random.uniform(0.4, 1.4) : 0,
    dots: chance(random, 0.12),
  };
}

function fieldShade({ across, period, rows, dots }: Field, x: number, y: number): number {
  if (rows === 0) return 1;
  const row = wave((x * across.x + y * across.y) / period);
  if (!dots) return 1 + rows * row;
  return 1 + rows * (row + wave((y * across.x - x * across.y) / period) - 0.4);
}

/** Triangle wave of period 1 between −1 and 1. */
function wave(t: number): number {
  return 4 * Math.abs(t - Math.floor(t) - 0.5) - 1;
}

/** Paints the borders between fields: nothing, a pale track, or hedges with gaps. */
function paintBorders(scene: Scene, layer: CoverTile, border: Float32Array): void {
  const { side, random } = scene;
  const kind = pick(random, ['none', 'track', 'track', 'hedge', 'hedge', 'both', 'both'] as const);
  if (kind === 'none') return;
  const track = mixColours(scene.soil, [196, 182, 156], random.uniform(0.2, 0.9));
  const hedge = scaleColour(treeColour(random, scene.lushness), random.uniform(0.8, 1));
  const gaps: Noise = makeNoise(random, { scale: random.uniform(8, 20), octaves: 2 });
  const bias = random.uniform(-0.3, 0.4);
  const width = random.uniform(0.3, 0.9);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const cover = clamp(width + 0.5 - (border[pixel] ?? 0));
      if (cover === 0) continue;
      const there = gaps(x, y) + bias > 0;
      if (kind === 'track' || (kind === 'both' && !there)) {
        layer.canvas.mix(pixel, track, cover * 0.6);
        // A track narrower than a pixel would become dots on the mask.
        if (width > 0.55 && cover > 0.7) layer.mask[pixel] = 0;
      } else if (there) {
        layer.canvas.mix(pixel, hedge, cover * 0.9);
        if (cover > 0.5) layer.mask[pixel] = maskValue('forest');
      }
    }
}

function paintFarm({ side, random }: Scene, layer: CoverTile, axis: Vector): void {
  const yard = { x: random.uniform(6, side - 6), y: random.uniform(6, side - 6) };
  layer.canvas.disc(yard, random.uniform(1.5, 3), [150, 142, 132], 0.5);
  for (let left = 2 + random.integer(4); left > 0; left--) {
    const centre = { x: yard.x + random.uniform(-3, 3), y: yard.y + random.uniform(-3, 3) };
    const roof = pick<Colour>(random, [
      [176, 108, 88],
      [200, 196, 190],
      [120, 116, 118],
    ]);
    layer.canvas.box(
      centre,
      axis,
      { x: random.uniform(0.6, 1.6), y: random.uniform(0.4, 0.8) },
      roof,
    );
    layer.mask[Math.round(centre.y) * side + Math.round(centre.x)] = maskValue('town');
  }
}
