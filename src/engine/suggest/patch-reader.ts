import type { TeacherOverrides } from '../../contract/jobs.ts';
import * as g from '../../core/graph/build.ts';
import { simplify } from '../../core/graph/rewrite.ts';
import type { Raster } from '../../core/image/raster.ts';
import { cropMirrored } from '../../core/suggest/window.ts';
import { gridSize, prefixTokens } from '../../core/vit/architecture.ts';
import { embed, runBlocks } from '../../core/vit/forward.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { readResult } from '../../runtime/executor.ts';
import type { Executor, LoadedGraph } from '../../runtime/executor.ts';
import { readColourTeacher } from '../teachers/teacher.ts';

/** Number of inputs that the graph is built with; it runs with any number. */
const batch = 2;

/** Column and row of a tile of patches, from 0. */
export interface PatchTile {
  readonly x: number;
  readonly y: number;
}

/**
 * A teacher's patch features of an image, from its middle block: these describe textures and edges better than those of
 * the last block, which describe the image as a whole, and cost half (`bench/suggest.ts`).
 *
 * An image is read in overlapping tiles of the teacher's input size. If a tile has enough patches, those along its edge
 * are dropped, because they include only half of their surroundings. Position embeddings are those of the training:
 * resizing them to larger inputs measured worse.
 */
export class PatchReader {
  /** Side of a patch, px. */
  readonly patchSize: number;
  /** Width D of a feature. */
  readonly width: number;
  /** Kept patches along a side of a tile. */
  readonly side: number;
  /** Tiles per batch. */
  readonly atOnce: number;
  readonly #model: VitModel;
  readonly #margin: number;
  readonly #graph: LoadedGraph;

  private constructor(model: VitModel, graph: LoadedGraph, atOnce: number) {
    const { architecture } = model;
    const grid = gridSize(architecture);
    this.patchSize = architecture.patchSize;
    this.width = architecture.width;
    this.#margin = grid >= 4 ? 1 : 0;
    this.side = grid - 2 * this.#margin;
    this.atOnce = atOnce;
    this.#model = model;
    this.#graph = graph;
  }

  /**
   * Opens a teacher as a patch reader.
   *
   * @throws UserError if the file is not a usable vision transformer
   */
  static async open(
    file: string,
    overrides: TeacherOverrides,
    executor: Executor,
  ): Promise<PatchReader> {
    const model = await readColourTeacher(file, overrides);
    const { architecture } = model;
    const { channels, imageSize, depth } = architecture;
    const images = g.input('images', [batch, channels, imageSize, imageSize]);
    const middle = runBlocks(model, embed(model, images))[Math.ceil(depth / 2) - 1];
    if (!middle) throw new Error('a teacher without blocks has no output');
    const first = prefixTokens(architecture);
    const patches = g.slice(middle, 1, first, first + gridSize(architecture) ** 2);
    const outputs = new Map([['patches', patches]]);
    const graph = await executor.load(simplify({ name: 'patches', outputs, batch }));
    const tokens = first + gridSize(architecture) ** 2;
    const atOnce = Math.max(1, Math.min(8, Math.floor(executor.tokensAtOnce / tokens)));
    return new PatchReader(model, graph, atOnce);
  }

  /** Features of the tiles' kept patches, each averaged with its neighbours: (side, side, D). */
  async read(image: Raster, tiles: readonly PatchTile[]): Promise<Float32Array[]> {
    const { imageSize } = this.#model.architecture;
    const plane = imageSize * imageSize;
    const data = new Float32Array(tiles.length * 3 * plane);
    tiles.forEach(({ x, y }, index) => {
      const cut = cropMirrored(image, {
        x: (x * this.side - this.#margin) * this.patchSize,
        y: (y * this.side - this.#margin) * this.patchSize,
        width: imageSize,
        height: imageSize,
      });
      const planes = data.subarray(index * 3 * plane);
      for (let channel = 0; channel < 3; channel++) {
        // A grey image has one band, used for all three.
        const source = Math.min(channel, cut.channels - 1);
        for (let at = 0; at < plane; at++) {
          planes[channel * plane + at] = (cut.data[at * cut.channels + source] ?? 0) / 255;
        }
      }
    });
    const shape = [tiles.length, 3, imageSize, imageSize];
    const { data: patches } = await readResult(
      await this.#graph.run({ images: { shape, data } }),
      'patches',
    );
    return tiles.map((_, index) => this.#kept(patches, index));
  }

  /**
   * Averages each kept patch's features with those of its neighbours, margin included: a texture shows in several
   * patches. Measured with three strokes: Dice on textures 0.73 instead of 0.68, elsewhere the same.
   */
  #kept(patches: Float32Array, index: number): Float32Array {
    const grid = this.side + 2 * this.#margin;
    const kept = new Float32Array(this.side * this.side * this.width);
    for (let row = 0; row < this.side; row++) {
      for (let column = 0; column < this.side; column++) {
        const start = (row * this.side + column) * this.width;
        const around = neighbours(column + this.#margin, row + this.#margin, grid);
        for (const patch of around) {
          const first = (index * grid * grid + patch) * this.width;
          for (let at = 0; at < this.width; at++) {
            kept[start + at] = (kept[start + at] ?? 0) + (patches[first + at] ?? 0) / around.length;
          }
        }
      }
    }
    return kept;
  }

  async close(): Promise<void> {
    await this.#graph.dispose();
  }
}

/** Indices of a patch and its neighbours within the grid. */
function neighbours(column: number, row: number, grid: number): number[] {
  const found: number[] = [];
  for (let y = Math.max(0, row - 1); y <= Math.min(grid - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(grid - 1, column + 1); x++) {
      found.push(y * grid + x);
    }
  }
  return found;
}
