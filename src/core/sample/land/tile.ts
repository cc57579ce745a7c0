import type { Raster } from '../../image/raster.ts';
import { Random } from '../../random.ts';
import { chance, type Colour, varyColour } from '../drawing.ts';
import { paintAtmosphere } from './atmosphere.ts';
import { paintBare } from './bare.ts';
import { paintCrops } from './crops.ts';
import { paintForest } from './forest.ts';
import { makeRegions, type CoverRegion } from './layout.ts';
import { makeLine, paintLine } from './lines.ts';
import { type Cover, type CoverTile, makeScene, maskValue, type Scene } from './scene.ts';
import { paintTown } from './town.ts';
import { paintWater } from './water.ts';

const painters: Record<Cover, (scene: Scene) => CoverTile> = {
  water: paintWater,
  forest: paintForest,
  crops: paintCrops,
  town: paintTown,
  bare: paintBare,
};

/** Draws a tile seen from above, with the cover of each pixel. */
export function drawLandTile(
  random: Random,
  side: number,
  label: Cover,
): { image: Raster; mask: Raster } {
  const scene = makeScene(random, side, label);
  const tile = compose(scene, label, makeRegions(random, side, label));
  paintCrossings(scene, tile, label);
  paintAtmosphere(random, tile.canvas);
  const image = tile.canvas.toRaster(random, random.uniform(0.05, 0.4));
  return { image, mask: { width: side, height: side, channels: 1, data: tile.mask } };
}

/** Paints the label's cover and the others over it, each in its region. */
function compose(scene: Scene, label: Cover, regions: readonly CoverRegion[]): CoverTile {
  const tile = painters[label](scene);
  for (const { cover, share } of regions) {
    const layer = painters[cover](scene);
    for (let pixel = 0; pixel < share.length; pixel++) {
      const amount = share[pixel] ?? 0;
      if (amount > 0) tile.canvas.mix(pixel, layer.canvas.colourAt(pixel), amount);
      if (amount >= 0.5) tile.mask[pixel] = layer.mask[pixel] ?? 0;
    }
  }
  const water = maskValue('water');
  for (let pixel = 0; pixel < tile.mask.length; pixel++)
    if (tile.mask[pixel] !== water) {
      const shade = (scene.relief[pixel] ?? 0) - 1;
      tile.canvas.filter(pixel, 1 + 1.1 * shade, 1 + shade, 1 + 0.7 * shade);
    }
  return tile;
}

/** Paints a road or a stream that crosses the tile, whatever its cover. */
function paintCrossings(scene: Scene, tile: CoverTile, label: Cover): void {
  const { side, random } = scene;
  if (label !== 'water' && label !== 'forest' && chance(random, 0.02)) {
    const stream = makeLine(random, side, random.uniform(4, 14));
    const width = random.uniform(0.8, 4);
    paintLine(tile, stream, {
      width,
      colour: varyColour(random, [44, 64, 76], 0.25),
      value: width > 1.5 ? maskValue('water') : undefined,
    });
  }
  if (chance(random, label === 'water' || label === 'forest' ? 0.03 : 0.08)) {
    const asphalt: Colour = [132, 130, 130];
    paintLine(tile, makeLine(random, side, random.uniform(0, 8)), {
      width: random.uniform(0.9, 2),
      colour: varyColour(random, asphalt, 0.25),
      value: 0,
    });
  }
}
