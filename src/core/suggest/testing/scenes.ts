import type { Raster } from '../../image/raster.ts';
import { tilePixels, tileSide } from '../../mask/tiles.ts';
import type { MaskTile } from '../../mask/tiles.ts';
import { Random } from '../../random.ts';
import { drawCellField } from '../../sample/cells/field.ts';
import { cellKinds } from '../../sample/cells/nucleus.ts';
import { covers } from '../../sample/land/scene.ts';
import { drawLandTile } from '../../sample/land/tile.ts';
import { makeNoise } from '../../sample/noise.ts';
import { backgroundStroke } from '../marks.ts';

/** Drawn image with the class of each pixel: 0 background, classes from 1. */
export interface LabelledScene {
  readonly image: Raster;
  readonly truth: Uint8Array;
}

export const sceneNames = ['fields', 'cells', 'textures', 'shades'] as const;
export type SceneName = (typeof sceneNames)[number];

/** Draws a square scene, determined by the arguments. */
export function drawScene(name: SceneName, side: number, seed: number): LabelledScene {
  const random = new Random(seed, 0x5ce);
  switch (name) {
    case 'fields':
      return mosaic(side, 128, (index) =>
        drawLandTile(new Random(seed, index), 128, covers[index % covers.length] ?? 'water'),
      );
    case 'cells':
      return mosaic(side, 96, (index) =>
        drawCellField(new Random(seed, index), 96, cellKinds[index % 4] ?? 'monocyte'),
      );
    case 'textures':
      return textures(random, side);
    case 'shades':
      return shades(random, side);
  }
}

function mosaic(
  side: number,
  tile: number,
  draw: (index: number) => { readonly image: Raster; readonly mask: Raster },
): LabelledScene {
  const across = Math.ceil(side / tile);
  const data = new Uint8Array(side * side * 3);
  const truth = new Uint8Array(side * side);
  for (let index = 0; index < across * across; index++) {
    const { image, mask } = draw(index);
    const [left, top] = [(index % across) * tile, Math.floor(index / across) * tile];
    const columns = Math.min(tile, side - left);
    for (let row = 0; row < Math.min(tile, side - top); row++) {
      const target = (top + row) * side + left;
      data.set(image.data.subarray(row * tile * 3, (row * tile + columns) * 3), target * 3);
      truth.set(mask.data.subarray(row * tile, row * tile + columns), target);
    }
  }
  return { image: { width: side, height: side, channels: 3, data }, truth };
}

/** Draws two equally bright regions, striped along different diagonals. */
function textures(random: Random, side: number): LabelledScene {
  const shape = makeNoise(random, { scale: side / 4, octaves: 2 });
  const slope = Math.SQRT1_2;
  const stripes = { scale: 9, stretch: 4 };
  const one = makeNoise(random, { ...stripes, along: { x: slope, y: slope } });
  const other = makeNoise(random, { ...stripes, along: { x: slope, y: -slope } });
  const light = makeNoise(random, { scale: side / 2 });
  return painted(random, side, (x, y) => {
    const isOne = shape(x, y) > 0.05;
    const value = 128 + 70 * (isOne ? one : other)(x, y) + 40 * light(x, y);
    return { value, truth: isOne ? 1 : 0 };
  });
}

/** Draws a class of medium brightness among darker and brighter regions, like an organ among fat and bone. */
function shades(random: Random, side: number): LabelledScene {
  const shape = makeNoise(random, { scale: side / 4, octaves: 2 });
  const island = makeNoise(random, { scale: side / 7, octaves: 2 });
  return painted(random, side, (x, y) => {
    const isOne = shape(x, y) > 0;
    const around = island(x, y) > 0 ? 90 : 166;
    return { value: isOne ? 128 : around, truth: isOne ? 1 : 0 };
  });
}

function painted(
  random: Random,
  side: number,
  paint: (x: number, y: number) => { value: number; truth: number },
): LabelledScene {
  const data = new Uint8Array(side * side * 3);
  const truth = new Uint8Array(side * side);
  for (let at = 0; at < truth.length; at++) {
    const pixel = paint(at % side, Math.floor(at / side));
    truth[at] = pixel.truth;
    const value = pixel.value + 12 * random.normal();
    data.fill(Math.max(0, Math.min(255, Math.round(value))), 3 * at, 3 * at + 3);
  }
  return { image: { width: side, height: side, channels: 3, data }, truth };
}

/** Size of a stroke, px. */
const stroke = { length: 40, halfWidth: 2 };

/**
 * Draws straight strokes, `each` inside each class (and background) that has enough room, as a user would: 5 px wide,
 * 40 px long, ending at the border of the class.
 *
 * @returns marks: 0 none, 255 background, else the class
 */
export function drawStrokes(
  { image, truth }: LabelledScene,
  each: number,
  seed: number,
): Uint8Array {
  const { width, height } = image;
  const marks = new Uint8Array(truth.length);
  const random = new Random(seed, 0x57f);
  const values = [...new Set(truth)].sort((a, b) => a - b);
  for (const value of values) {
    const inside = [...truth.keys()].filter((at) => truth[at] === value);
    if (inside.length < 400) continue;
    for (let index = 0; index < each; index++) {
      const start = inside[random.integer(inside.length)] ?? 0;
      const angle = random.uniform(0, 2 * Math.PI);
      for (let step = 0; step < stroke.length; step++) {
        const x = Math.round((start % width) + step * Math.cos(angle));
        const y = Math.round(Math.floor(start / width) + step * Math.sin(angle));
        // A user stops at the border of the class.
        if (x < 0 || y < 0 || x >= width || y >= height || truth[y * width + x] !== value) break;
        dab(marks, { image, truth }, x, y, value);
      }
    }
  }
  return marks;
}

function dab(
  marks: Uint8Array,
  { image, truth }: LabelledScene,
  x: number,
  y: number,
  value: number,
): void {
  const { width, height } = image;
  for (let dy = -stroke.halfWidth; dy <= stroke.halfWidth; dy++) {
    for (let dx = -stroke.halfWidth; dx <= stroke.halfWidth; dx++) {
      const [column, row] = [x + dx, y + dy];
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      const at = row * width + column;
      if (truth[at] === value) marks[at] = value === 0 ? backgroundStroke : value;
    }
  }
}

/** Converts a plane of values to tiles, without those that are all 0. */
export function tilesOf(values: Uint8Array, width: number): MaskTile[] {
  const height = values.length / width;
  const tiles: MaskTile[] = [];
  for (let y = 0; y * tileSide < height; y++) {
    for (let x = 0; x * tileSide < width; x++) {
      const pixels = new Uint8Array(tilePixels);
      const columns = Math.min(tileSide, width - x * tileSide);
      for (let row = 0; row < Math.min(tileSide, height - y * tileSide); row++) {
        const start = (y * tileSide + row) * width + x * tileSide;
        pixels.set(values.subarray(start, start + columns), row * tileSide);
      }
      if (pixels.some((value) => value !== 0)) tiles.push({ x, y, pixels });
    }
  }
  return tiles;
}

/** Mean Dice of the marked classes (and background): 1 is perfect. */
export function meanDice(proposed: Uint8Array, truth: Uint8Array, marks: Uint8Array): number {
  const values = [...new Set(marks)].filter((value) => value !== 0);
  const scores = values.map((mark) => {
    const value = mark === backgroundStroke ? 0 : mark;
    let [both, sum] = [0, 0];
    for (let at = 0; at < truth.length; at++) {
      const [a, b] = [proposed[at] === value, truth[at] === value];
      if (a && b) both += 2;
      sum += Number(a) + Number(b);
    }
    return sum === 0 ? 1 : both / sum;
  });
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
