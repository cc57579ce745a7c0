import {
  chance,
  clamp,
  type Colour,
  direction,
  mixColours,
  pick,
  smoothstep,
  varyColour,
} from '../drawing.ts';
import { makeNoise, makeTerrain, type Noise, warped } from '../noise.ts';
import { scatterTrees } from './forest.ts';
import { makeLine, paintLine } from './lines.ts';
import { type CoverTile, makeLayer, type Scene } from './scene.ts';

const grounds: readonly Colour[] = [
  [160, 150, 142],
  [128, 124, 122],
  [112, 104, 106],
  [96, 98, 104],
  [88, 94, 96],
  [76, 88, 90],
  [70, 86, 84],
  [62, 76, 82],
];

/** Paints rock, scree, sand and dry scrub: broken ground under a low sun, plants in the hollows, a track. */
export function paintBare(scene: Scene): CoverTile {
  const { side, random, soil } = scene;
  const base = mixColours(pick(random, grounds), soil, random.uniform(0, 0.12));
  const ground = varyColour(random, base, 0.1);
  const other = varyColour(random, mixColours(ground, pick(random, grounds), 0.6), 0.1);
  const layer = makeLayer(side, 'bare', ground);
  const { heights, slopes } = makeTerrain(side, landform(scene), scene.shadow);
  const strength = random.uniform(0.06, 0.32);
  const strata = makeNoise(random, { scale: 26, octaves: 4, roughness: 0.6 });
  const scrub = makeNoise(random, { scale: random.uniform(7, 16), octaves: 3, roughness: 0.55 });
  // Threshold of the scrub noise above which there are plants; 1 is a desert.
  const dry = chance(random, 0.75) ? random.uniform(-0.7, 0.4) : 1;
  const plants = mixColours([84, 88, 88], [50, 78, 76], scene.lushness);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const here = heights[pixel] ?? 0;
      layer.canvas.mix(pixel, other, clamp(0.5 + 1.4 * strata(x, y)));
      if (dry < 1) {
        const growth = smoothstep(dry, dry + 0.9, scrub(x, y) - 0.4 * here);
        layer.canvas.mix(pixel, plants, 0.8 * growth);
      }
      const shade = Math.max(-0.6, strength * (slopes[pixel] ?? 0) + 0.12 * here);
      layer.canvas.filter(pixel, 1 + 1.1 * shade, 1 + shade, 1 + 0.8 * shade);
    }
  if (chance(random, 0.25)) scatterTrees(scene, layer, 5 + random.integer(60), [0.3, 0.7], true);
  if (chance(random, 0.3)) paintTracks(scene, layer, ground);
  return layer;
}

/** Height field of ridges and gullies, or dunes across the wind, in units in which a slope of 1 is steep. */
function landform({ side, random }: Scene): Noise {
  if (chance(random, 0.15)) {
    const crests = makeNoise(random, {
      scale: random.uniform(4, 8),
      octaves: 2,
      along: direction(random),
      stretch: 3,
    });
    return warped(random, side, crests, 18, random.uniform(1, 4));
  }
  const form = makeNoise(random, {
    scale: random.uniform(12, 30),
    octaves: 4,
    roughness: random.uniform(0.45, 0.65),
  });
  const bent = warped(random, side, form, 16, random.uniform(1, 6));
  // Ridged noise: the absolute value folds the field's zeros into sharp valleys.
  return chance(random, 0.6)
    ? (x, y) => 2.4 * Math.abs(bent(x, y)) - 0.7
    : (x, y) => 2 * bent(x, y);
}

function paintTracks({ side, random }: Scene, layer: CoverTile, ground: Colour): void {
  const track = mixColours(ground, [206, 194, 178], random.uniform(0.4, 0.9));
  for (let left = 1 + random.integer(2); left > 0; left--) {
    const line = makeLine(random, side, random.uniform(1, 12));
    const width = random.uniform(0.5, 1.2);
    paintLine(layer, line, { width, colour: track, value: 0, strength: 0.7 });
  }
}
