import { join } from 'node:path';
import {
  drawScene,
  drawStrokes,
  meanDice,
  sceneNames,
  tilesOf,
} from '../src/core/suggest/testing/scenes.ts';
import type { LabelledScene } from '../src/core/suggest/testing/scenes.ts';
import { tileSide } from '../src/core/mask/tiles.ts';
import type { MaskTile } from '../src/core/mask/tiles.ts';
import { openExecutor } from '../src/engine/devices/open-executor.ts';
import type { SuggestRequest } from '../src/engine/suggest/protocol.ts';
import { Suggester } from '../src/engine/suggest/suggester.ts';
import { writePng } from '../src/formats/images.ts';
import { fastest, printTable } from './table.ts';
import { bundledTeacher } from '../src/engine/teachers/bundled-teacher.ts';

const quiet = { signal: new AbortController().signal, report: () => undefined };
const strokesEach = [1, 2, 4, 8];

/** Measures the quality of suggestions by number of strokes, and their time. */
export async function benchSuggest(threads: number, folder: string): Promise<void> {
  const suggester = new Suggester(openExecutor('cpu', threads));
  await benchQuality(suggester, folder);
  await benchTime(suggester, folder);
  await suggester.close();
}

async function benchQuality(suggester: Suggester, folder: string): Promise<void> {
  const side = 512;
  const rows = [];
  for (const name of sceneNames) {
    const scene = drawScene(name, side, 1);
    const base = await requestFor(scene, join(folder, `${name}.png`));
    const row: Record<string, string> = { 'mean Dice, 512 × 512 px': name };
    for (const each of strokesEach) {
      let sum = 0;
      for (const seed of [1, 2, 3]) {
        const marks = drawStrokes(scene, each, seed);
        const request = { ...base, strokes: tilesOf(marks, side) };
        const { tiles } = await suggester.suggest(request, quiet);
        sum += meanDice(planeOf(tiles, side), scene.truth, marks) / 3;
      }
      row[each === 1 ? '1 stroke a kind' : `${each} strokes`] = sum.toFixed(3);
    }
    rows.push(row);
  }
  printTable('Suggestions: what a few strokes (5 px wide, 40 px long) make of the rest', rows);
}

async function benchTime(suggester: Suggester, folder: string): Promise<void> {
  const rows = [];
  for (const side of [1024, 4096]) {
    const scene = drawScene('cells', side, 1);
    const base = await requestFor(scene, join(folder, `cells-${side}.png`));
    const strokes = tilesOf(drawStrokes(scene, 4, 1), side);
    const start = performance.now();
    await suggester.prepare(base, quiet);
    const cold = performance.now() - start;
    const shown = side > 2048 ? 2 : 0;
    for (const level of shown === 0 ? [0] : [shown, 0]) {
      const warm = await fastest(5, async () => {
        await suggester.suggest({ ...base, strokes, level }, quiet);
      });
      rows.push({
        region: `${side} × ${side} px, level ${level}`,
        'first look ms': cold.toFixed(0),
        'suggestion ms': warm.toFixed(0),
      });
    }
  }
  printTable('Suggestions: four kinds, 4 strokes each, bundled teacher', rows);
}

async function requestFor({ image }: LabelledScene, path: string): Promise<SuggestRequest> {
  await writePng(path, image);
  const { width, height } = image;
  return {
    image: { path, width, height },
    preparation: { range: 'auto' },
    teacher: { file: bundledTeacher, sha256: 'bundled' },
    region: { x: 0, y: 0, width, height },
    level: 0,
    known: [1, 2, 3, 4, 5],
    mask: [],
    strokes: [],
  };
}

function planeOf(tiles: readonly MaskTile[], side: number): Uint8Array {
  const plane = new Uint8Array(side * side);
  for (const { x, y, pixels } of tiles) {
    const columns = Math.min(tileSide, side - x * tileSide);
    for (let row = 0; row < Math.min(tileSide, side - y * tileSide); row++) {
      const start = row * tileSide;
      const target = (y * tileSide + row) * side + x * tileSide;
      plane.set(pixels.subarray(start, start + columns), target);
    }
  }
  return plane;
}
