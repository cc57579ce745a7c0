import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { plainPreparation } from '../src/core/image/preparation.ts';
import { tilePixels, tileSide, type Size } from '../src/core/mask/tiles.ts';
import { Random } from '../src/core/random.ts';
import {
  predictMask,
  type TileModel,
} from '../src/engine/tasks/segmentation/predict/predict-mask.ts';
import { writeGeotiffMask } from '../src/formats/masks/geotiff/write-geotiff.ts';
import type { MaskRaster } from '../src/formats/masks/mask-raster.ts';
import { writePng } from '../src/formats/images.ts';
import { openImage } from '../src/formats/raster/open.ts';
import { openPreparedRegions } from '../src/formats/raster/prepared-regions.ts';
import { printTable } from './table.ts';

const side = 224;
const outputs = 5;

/**
 * Measures the cost of prediction in tiles apart from the model, whose part here is negligible, and its memory.
 */
export async function benchTiles(folder: string): Promise<void> {
  const small = { width: 4096, height: 4096 };
  const large = { width: 10_000, height: 10_000 };
  const rows = [
    await measured('PNG, RGB', await pngOf(folder, small), folder),
    await measured('GeoTIFF, tiles, Deflate', await geotiffOf(folder, small), folder),
    await measured('the same, in bands', await geotiffOf(folder, small), folder, 0),
    await measured('GeoTIFF, tiles, Deflate', await geotiffOf(folder, large), folder),
    await measured('the same, in bands', await geotiffOf(folder, large), folder, 0),
  ];
  printTable(
    `Prediction by tiles of ${side} px that overlap by half, ${outputs} classes, besides the model`,
    rows,
  );
}

async function measured(
  name: string,
  path: string,
  folder: string,
  budget?: number,
): Promise<Record<string, string>> {
  const model = quickModel();
  const file = await openImage(path);
  const before = process.memoryUsage().rss;
  let most = before;
  const progress = (): void => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const spool = { path: join(folder, 'bench.spool'), fingerprint: `${path} ${budget}` };
  const start = process.cpuUsage();
  const image = await openPreparedRegions(file, { preparation: plainPreparation });
  const mask = await predictMask(model, image, { spool, progress, budget });
  const { user, system } = process.cpuUsage(start);
  const ms = (user + system) / 1000;
  await mask.remove();
  await file.close();
  const pixels = image.width * image.height;
  return {
    image: `${image.width} × ${image.height}, ${name}`,
    tiles: String(model.tiles),
    'CPU s': (ms / 1000).toFixed(1),
    'ms a tile': (ms / model.tiles).toFixed(2),
    'ns a pixel': ((ms * 1e6) / pixels).toFixed(0),
    'memory above the start, MiB': String(Math.round((most - before) / 2 ** 20)),
  };
}

/** Returns a model with the same random probabilities for every tile. */
function quickModel(): TileModel & { tiles: number } {
  const random = new Random(1);
  const batch = 8;
  const out = Float32Array.from({ length: batch * outputs * side * side }, () => random.uniform());
  return {
    side,
    channels: 3,
    outputs,
    batch,
    tiles: 0,
    run(_, count) {
      this.tiles += count;
      return Promise.resolve(out);
    },
  };
}

async function pngOf(folder: string, { width, height }: Size): Promise<string> {
  const path = join(folder, 'tiles.png');
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at++) data[at] = (at % 251) ^ (at >> 14);
  await writePng(path, { width, height, channels: 3, data }, { durable: false });
  return path;
}

/** Returns an image with a colour table, generated tile by tile, so that it is never in memory as a whole. */
async function geotiffOf(folder: string, { width, height }: Size): Promise<string> {
  const path = join(folder, `tiles-${width}.tif`);
  const file = await open(path, 'w');
  const drawn: MaskRaster = {
    width,
    height,
    classes: [],
    tile: (x, y) => {
      const pixels = new Uint8Array(tilePixels);
      for (let at = 0; at < tilePixels; at++) {
        pixels[at] = ((at % tileSide) + 7 * x) ^ (Math.floor(at / tileSide) + 5 * y);
      }
      return Promise.resolve(pixels);
    },
  };
  await writeGeotiffMask(file, drawn, []);
  await file.close();
  return path;
}
