import { chance, clamp, type Colour, direction, mixColours, pick, varyColour } from '../drawing.ts';
import { coarse, makeNoise, warped } from '../noise.ts';
import { type CoverTile, makeLayer, type Scene } from './scene.ts';

/** Colours of clear, peaty, algal, silty and glinting water: pairs that one body of water blends. */
const waters: readonly (readonly [Colour, Colour])[] = [
  [
    [24, 44, 72],
    [30, 52, 78],
  ],
  [
    [33, 56, 71],
    [38, 63, 76],
  ],
  [
    [37, 63, 72],
    [44, 72, 78],
  ],
  [
    [46, 74, 74],
    [62, 88, 82],
  ],
  [
    [86, 98, 100],
    [112, 114, 110],
  ],
  [
    [74, 96, 116],
    [100, 120, 136],
  ],
  [
    [40, 84, 106],
    [60, 110, 126],
  ],
];

/** Paints open water: slow changes of depth and silt, wind ripples, sometimes a slick or a boat. */
export function paintWater(scene: Scene): CoverTile {
  const { side, random } = scene;
  // Clear water is more frequent.
  const [deep, shallow] = pick(random, [...waters, ...waters.slice(0, 4), ...waters.slice(0, 4)]);
  const from = varyColour(random, deep, 0.1);
  const to = varyColour(random, shallow, 0.1);
  const wind = direction(random);
  const current = coarse(
    side,
    warped(
      random,
      side,
      makeNoise(random, { scale: 60, octaves: 3, along: wind, stretch: 2 }),
      20,
      8,
    ),
  );
  const ripples = makeNoise(random, {
    scale: random.uniform(1.6, 3.5),
    octaves: 2,
    along: wind,
    stretch: random.uniform(1.5, 5),
  });
  const ripple = random.uniform(0, 0.02) * random.uniform();
  const silt = random.uniform(0, 0.7);
  const layer = makeLayer(side, 'water', from);
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      layer.canvas.mix(pixel, to, clamp(0.4 + silt * current(x, y)));
      layer.canvas.filter(pixel, 1 + ripple * 2 * ripples(x, y));
    }
  if (chance(random, 0.15)) paintBoats(scene, layer);
  return layer;
}

function paintBoats({ side, random }: Scene, layer: CoverTile): void {
  for (let left = 1 + random.integer(3); left > 0; left--) {
    const centre = { x: random.uniform(0, side), y: random.uniform(0, side) };
    const axis = direction(random);
    const length = random.uniform(0.4, 1.6);
    const wake = random.uniform(2, 7);
    const behind = { x: centre.x - axis.x * wake, y: centre.y - axis.y * wake };
    layer.canvas.box(behind, axis, { x: wake, y: 0.4 }, [150, 165, 170], random.uniform(0, 0.3));
    const hull = mixColours([120, 120, 125], [235, 232, 225], random.uniform());
    layer.canvas.box(centre, axis, { x: length, y: 0.35 }, hull);
  }
}
