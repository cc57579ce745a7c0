import type { Random } from '../../random.ts';
import {
  chance,
  clamp,
  type Colour,
  direction,
  mixColours,
  pick,
  slightTurn,
  turn,
  varyColour,
  type Vector,
} from '../drawing.ts';
import { makeNoise, type Noise } from '../noise.ts';
import { voronoi } from '../voronoi.ts';
import { scatterTrees, treeColour } from './forest.ts';
import { makeLine, paintLine } from './lines.ts';
import { type CoverTile, makeLayer, type Scene } from './scene.ts';

/** Kind of settlement. Lengths are in pixels, shares in [0, 1]. */
interface Fabric {
  readonly plot: readonly [number, number];
  /** Half sizes of a building as shares of its plot. */
  readonly fill: readonly [number, number];
  readonly built: readonly [number, number];
  readonly green: readonly [number, number];
  readonly trees: readonly [number, number];
  readonly roofs: readonly Colour[];
}

const tiles: readonly Colour[] = [
  [182, 124, 118],
  [158, 118, 118],
  [148, 126, 130],
];
const slates: readonly Colour[] = [
  [124, 128, 142],
  [102, 108, 124],
  [164, 166, 178],
];
const pale: readonly Colour[] = [
  [226, 216, 208],
  [196, 184, 174],
  [245, 242, 240],
];
const metal: readonly Colour[] = [
  [255, 255, 255],
  [236, 236, 242],
  [186, 190, 200],
  [128, 132, 140],
  [96, 100, 106],
  [196, 150, 140],
];

const fabrics: readonly Fabric[] = [
  // Terraces and detached houses with gardens.
  {
    plot: [2.2, 3.4],
    fill: [0.24, 0.36],
    built: [0.7, 0.92],
    green: [0.35, 0.9],
    trees: [20, 90],
    roofs: [...tiles, ...slates],
  },
  // Villas among trees.
  {
    plot: [3.2, 4.8],
    fill: [0.2, 0.3],
    built: [0.65, 0.95],
    green: [0.6, 0.9],
    trees: [80, 220],
    roofs: [...tiles, ...slates, ...pale],
  },
  // A dense old centre.
  {
    plot: [2, 3],
    fill: [0.36, 0.48],
    built: [0.88, 1],
    green: [0, 0.3],
    trees: [0, 40],
    roofs: [...tiles, ...slates],
  },
  // A dry-country town.
  {
    plot: [2, 3.4],
    fill: [0.3, 0.44],
    built: [0.65, 0.95],
    green: [0, 0.2],
    trees: [0, 60],
    roofs: [...pale, ...tiles],
  },
  // Slabs and towers.
  {
    plot: [4.5, 7],
    fill: [0.16, 0.36],
    built: [0.7, 0.95],
    green: [0.2, 0.7],
    trees: [20, 120],
    roofs: [...slates, ...pale],
  },
  // Halls, yards and car parks.
  {
    plot: [6, 12],
    fill: [0.28, 0.44],
    built: [0.6, 0.9],
    green: [0, 0.4],
    trees: [0, 40],
    roofs: metal,
  },
];

/** Paints built-up land. Streets, yards, gardens and single trees belong to it on the mask. */
export function paintTown(scene: Scene): CoverTile {
  const { side, random } = scene;
  const fabric = pick(random, fabrics);
  const paving = varyColour(
    random,
    mixColours([94, 100, 114], scene.soil, random.uniform(0, 0.5)),
    0.12,
  );
  const layer = makeLayer(side, 'town', paving);
  paintGardens(scene, layer, random.uniform(fabric.green[0], fabric.green[1]));
  const axis = direction(random);
  const trees = Math.round(random.uniform(fabric.trees[0], fabric.trees[1]));
  scatterTrees(scene, layer, Math.round(trees * 0.6), [0.4, 1.2], false);
  if (chance(random, 0.65)) paintGrid(scene, layer, fabric, axis, paving);
  else paintLanes(scene, layer, fabric, axis, paving);
  scatterTrees(scene, layer, Math.round(trees * 0.4), [0.4, 0.9], false);
  if (chance(random, 0.4)) {
    const avenue = makeLine(random, side, random.uniform(0, 8));
    paintLine(layer, avenue, {
      width: random.uniform(1, 2.2),
      colour: varyColour(random, [126, 126, 130], 0.15),
    });
  }
  return layer;
}

function paintGardens(
  { side, random, lushness, soil }: Scene,
  layer: CoverTile,
  share: number,
): void {
  const lawn = mixColours(mixColours(soil, [116, 116, 84], 0.6), [52, 88, 66], lushness);
  const shrubs = treeColour(random, lushness);
  const where = makeNoise(random, { scale: 6, octaves: 3, roughness: 0.7 });
  const what = makeNoise(random, { scale: 3, octaves: 2 });
  for (let y = 0, pixel = 0; y < side; y++)
    for (let x = 0; x < side; x++, pixel++) {
      const amount = clamp(0.5 + 2 * (where(x, y) + share * 1.6 - 0.8));
      if (amount === 0) continue;
      layer.canvas.mix(pixel, mixColours(lawn, shrubs, clamp(0.4 + what(x, y))), amount);
    }
}

/** Paints blocks between two sets of parallel streets. */
function paintGrid(
  scene: Scene,
  layer: CoverTile,
  fabric: Fabric,
  axis: Vector,
  street: Colour,
): void {
  const { side, random } = scene;
  const pitch = random.uniform(fabric.plot[0], fabric.plot[1]);
  const deep = pitch * random.uniform(0.9, 1.5);
  const perBlock = 2 + random.integer(5);
  const gap = random.uniform(0.5, 1.3);
  const built = random.uniform(fabric.built[0], fabric.built[1]);
  const block = { x: perBlock * pitch + gap, y: 2 * deep + gap };
  const reach = side * 0.75;
  const middle = side / 2;
  const at = (u: number, v: number) => ({
    x: middle + u * axis.x - v * axis.y,
    y: middle + u * axis.y + v * axis.x,
  });
  const across = { x: -axis.y, y: axis.x };
  for (let v = -reach; v < reach; v += block.y)
    layer.canvas.box(at(0, v), axis, { x: reach, y: gap / 2 }, street, 0.8);
  for (let u = -reach; u < reach; u += block.x)
    layer.canvas.box(at(u, 0), across, { x: reach, y: gap / 2 }, street, 0.8);
  for (let v = -reach; v < reach; v += block.y)
    for (let u = -reach; u < reach; u += block.x)
      for (let plot = 0; plot < 2 * perBlock; plot++) {
        if (!chance(random, built)) continue;
        const centre = at(
          u + gap / 2 + (0.5 + (plot >> 1)) * pitch,
          v + gap / 2 + (0.5 + (plot & 1)) * deep,
        );
        paintBuilding(scene, layer, fabric, { centre, axis, side: pitch });
      }
}

/** Paints houses along lanes that bend, each rotated a little. */
function paintLanes(
  scene: Scene,
  layer: CoverTile,
  fabric: Fabric,
  axis: Vector,
  street: Colour,
): void {
  const { side, random } = scene;
  const bend: Noise = makeNoise(random, { scale: 20, octaves: 2 });
  const { border } = voronoi(random, side, random.uniform(9, 18), (x, y) => ({
    x: x + 3 * bend(x, y),
    y: y + 3 * bend(y, x),
  }));
  for (let pixel = 0; pixel < border.length; pixel++) {
    const cover = clamp(1 - (border[pixel] ?? 0));
    if (cover > 0) layer.canvas.mix(pixel, street, 0.8 * cover);
  }
  const pitch = random.uniform(fabric.plot[0], fabric.plot[1]);
  const built = random.uniform(fabric.built[0], fabric.built[1]);
  for (let y = 0; y < side + pitch; y += pitch)
    for (let x = 0; x < side + pitch; x += pitch) {
      const centre = { x: x + jitter(random, pitch), y: y + jitter(random, pitch) };
      const pixel =
        clamp(Math.round(centre.y), 0, side - 1) * side + clamp(Math.round(centre.x), 0, side - 1);
      if ((border[pixel] ?? 0) < 0.8 || !chance(random, built)) continue;
      const plot = { centre, axis: turn(axis, slightTurn(random, 40)), side: pitch };
      paintBuilding(scene, layer, fabric, plot);
    }
}

function jitter(random: Random, pitch: number): number {
  return random.uniform(-0.3, 0.3) * pitch;
}

interface Plot {
  readonly centre: Vector;
  /** Direction of one side, of length 1. */
  readonly axis: Vector;
  /** Length of a side, px. */
  readonly side: number;
}

function paintBuilding(
  scene: Scene,
  layer: CoverTile,
  fabric: Fabric,
  { centre, axis, side }: Plot,
): void {
  const { random, shadow, shadowLength } = scene;
  const half = {
    x: side * random.uniform(fabric.fill[0], fabric.fill[1]) * 1.15,
    y: side * random.uniform(fabric.fill[0], fabric.fill[1]),
  };
  const shade = { x: centre.x + shadow.x * shadowLength, y: centre.y + shadow.y * shadowLength };
  layer.canvas.box(shade, axis, half, [30, 42, 58], 0.7);
  layer.canvas.box(centre, axis, half, varyColour(random, pick(random, fabric.roofs), 0.15));
}
