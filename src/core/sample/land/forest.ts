import type { Random } from '../../random.ts';
import {
  chance,
  clamp,
  type Colour,
  mixColours,
  pick,
  scaleColour,
  smoothstep,
  varyColour,
} from '../drawing.ts';
import { makeNoise, makeTerrain, warped } from '../noise.ts';
import { makeLine, paintLine } from './lines.ts';
import { type CoverTile, makeLayer, maskValue, type Scene } from './scene.ts';

const conifers: readonly Colour[] = [
  [33, 56, 70],
  [35, 60, 72],
  [38, 63, 73],
];
const summerLeaves: readonly Colour[] = [
  [36, 70, 72],
  [38, 78, 72],
  [44, 84, 75],
];
const bareLeaves: readonly Colour[] = [
  [62, 64, 72],
  [76, 70, 70],
  [58, 72, 74],
];

/** Picks a random colour for one kind of tree in the tile's season. */
export function treeColour(random: Random, lushness: number): Colour {
  if (chance(random, 0.45)) return varyColour(random, pick(random, conifers), 0.08);
  const summer = pick(random, summerLeaves);
  const winter = pick(random, bareLeaves);
  // Leaves turn late and quickly: half of the year is green.
  const turned = lushness > 0.4 ? 0 : (0.4 - lushness) / 0.3;
  return varyColour(random, mixColours(summer, winter, Math.min(1, turned)), 0.08);
}

/** Paints a closed canopy: stands of dark, green and thin wood, broken by ridges, specks, clearings and rides. */
export function paintForest(scene: Scene): CoverTile {
  const { side, random, shadow } = scene;
  const base = varyColour(random, pick(random, conifers), 0.06);
  const leaf = treeColour(random, scene.lushness);
  // Undergrowth, brash and bare branches: redder than leaves, but no brighter.
  const brush = varyColour(random, mixColours([50, 60, 72], scene.soil, 0.1), 0.08);
  const layer = makeLayer(side, 'forest', base);
  const form = makeNoise(random, { scale: random.uniform(10, 24), octaves: 5, roughness: 0.65 });
  const ground = warped(random, side, form, 20, random.uniform(2, 9));
  const { heights, slopes } = makeTerrain(side, (x, y) => Math.abs(ground(x, y)), shadow);
  const stands = makeNoise(random, { scale: random.uniform(6, 15), octaves: 4, roughness: 0.8 });
  const crowns = makeNoise(random, { scale: random.uniform(1.6, 2.6) });
  const leafy = random.uniform(-0.4, 0.6);
  const brushy = random.uniform(-0.3, 0.7);
  const strength = random.uniform(0.05, 0.3);
  const speckle = random.uniform(0.03, 0.11);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const stand = stands(x, y);
      layer.canvas.mix(pixel, leaf, 0.75 * clamp(0.3 + 0.9 * stand + leafy));
      layer.canvas.mix(
        pixel,
        brush,
        0.7 * clamp(brushy - 0.7 * stand + 1.4 * (heights[pixel] ?? 0) - 0.6),
      );
      const shade = strength * (slopes[pixel] ?? 0) + speckle * crowns(x, y);
      // Scattered light makes shadows bluer.
      layer.canvas.filter(pixel, 1 + 1.2 * shade, 1 + shade, 1 + 0.6 * shade);
    }
  if (chance(random, 0.25)) paintFellings(scene, layer);
  if (chance(random, 0.12)) paintRides(scene, layer);
  return layer;
}

/** Paints small cleared patches: grass and brash. They stay forest on the mask, since the wood grows back. */
function paintFellings(scene: Scene, layer: CoverTile): void {
  const { side, random } = scene;
  const ground = mixColours(scene.soil, [66, 104, 76], random.uniform(0.3, 1));
  const where = makeNoise(random, { scale: random.uniform(7, 12), octaves: 3 });
  const above = random.uniform(0.55, 0.9);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++)
      layer.canvas.mix(pixel, ground, 0.7 * smoothstep(above, above + 0.15, where(x, y)));
}

function paintRides(scene: Scene, layer: CoverTile): void {
  const { side, random } = scene;
  const colour = mixColours(scene.soil, [120, 118, 108], random.uniform());
  for (let left = 1 + random.integer(2); left > 0; left--) {
    const line = makeLine(random, side, random.uniform(0, 10));
    const strength = random.uniform(0.15, 0.6);
    paintLine(layer, line, {
      width: random.uniform(0.6, 1.3),
      colour,
      value: strength > 0.4 ? 0 : undefined,
      strength,
    });
  }
}

/** Paints single trees on other ground, with their shadows; `marked` trees are forest on the mask. */
export function scatterTrees(
  scene: Scene,
  layer: CoverTile,
  count: number,
  radius: readonly [number, number],
  marked: boolean,
): void {
  const { side, random, shadow } = scene;
  const colour = treeColour(random, scene.lushness);
  for (let left = count; left > 0; left--) {
    const centre = { x: random.uniform(0, side), y: random.uniform(0, side) };
    const size = random.uniform(radius[0], radius[1]);
    const shade = { x: centre.x + shadow.x * 0.6, y: centre.y + shadow.y * 0.6 };
    layer.canvas.disc(shade, size, scaleColour(colour, 0.55), 0.45);
    layer.canvas.disc(centre, size, varyColour(random, colour, 0.1), 0.85);
    const at = Math.round(centre.y) * side + Math.round(centre.x);
    if (marked && size > 0.7 && centre.x < side - 1 && centre.y < side - 1)
      layer.mask[at] = maskValue('forest');
  }
}
