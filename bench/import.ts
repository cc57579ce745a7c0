import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openServices } from '../src/engine/app/open-services.ts';
import { mapConcurrently } from '../src/formats/files/concurrently.ts';
import { sharp } from '../src/formats/libvips.ts';
import { pictureFile, syntax } from '../src/formats/testing/dicom-fixtures.ts';
import { openStore } from '../src/store/store.ts';
import { printTable } from './table.ts';

/** A set of similar files. */
interface Collection {
  readonly name: string;
  /** Target number of images per second on two cores. */
  readonly aim: number;
  readonly folder: string;
  /** Minimum work for a thumbnail: libvips by itself decodes, shrinks and encodes. */
  readonly plain: (path: string) => Promise<unknown>;
}

const side = 512;
/** Number of images per kind. */
const count = 1000;
const runs = 4;

/** Milliseconds for all files: on the clock, and summed over all cores. */
interface Time {
  readonly wall: number;
  readonly work: number;
}

/**
 * Imports images into a new workspace through the engine's own service: they are found, hashed, grouped and decoded,
 * with a thumbnail on the disk and a row in the database.
 */
export async function benchImport(folder: string): Promise<void> {
  const rows = [];
  for (const { name, aim, folder: images, plain } of [
    await dicomFiles(join(folder, 'import-dicom')),
    await photographs(join(folder, 'import-jpeg')),
  ]) {
    const paths = (await readdir(images)).map((file) => join(images, file));
    const all = { ours: none, plain: none, hash: none };
    // Alternately, so that a disturbance affects all.
    for (let run = 0; run < runs; run++) {
      all.ours = least(all.ours, await importInto(folder, images));
      all.plain = least(all.plain, await timed(() => eachOf(paths, plain)));
      all.hash = least(all.hash, await timed(() => eachOf(paths, hashOf)));
    }
    const rate = ({ wall }: Time): string => Math.round((1000 * count) / wall).toString();
    const work = ({ work: ms }: Time): string => (ms / count).toFixed(2);
    rows.push({
      [`${count} files`]: name,
      'images a second': rate(all.ours),
      'aim on 2 cores': aim.toString(),
      'of libvips alone': `${Math.round((100 * all.plain.wall) / all.ours.wall)} %`,
      'ms of a core': work(all.ours),
      'libvips alone, a second': rate(all.plain),
      'its ms': work(all.plain),
      'SHA-256 alone, a second': rate(all.hash),
      'its ms ': work(all.hash),
    });
  }
  printTable(`Importing images with thumbnails, ${availableParallelism()} cores`, rows);
}

const none: Time = { wall: Infinity, work: Infinity };

function least(a: Time, b: Time): Time {
  return { wall: Math.min(a.wall, b.wall), work: Math.min(a.work, b.work) };
}

async function timed(work: () => Promise<unknown>): Promise<Time> {
  const used = process.cpuUsage();
  const start = performance.now();
  await work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(used);
  return { wall, work: (user + system) / 1000 };
}

async function importInto(folder: string, images: string): Promise<Time> {
  const workspace = await mkdtemp(join(folder, 'workspace-'));
  const store = openStore(workspace);
  const services = await openServices(store, () => undefined);
  const { handlers } = services;
  const { signal } = new AbortController();
  const { id: project } = await handlers['project.create'](
    { name: 'bench', domain: 'medical', task: 'single', classes: [] },
    signal,
  );
  const request = { project, folder: images, labels: 'none', masks: null, watch: false } as const;
  let added = 0;
  const time = await timed(async () => {
    ({ added } = await handlers['image.import'](request, signal));
  });
  if (added !== count) throw new Error(`only ${added} of ${count} images came in`);
  await services.close();
  store.close();
  await rm(workspace, { recursive: true });
  return time;
}

async function eachOf(
  paths: readonly string[],
  work: (path: string) => Promise<unknown>,
): Promise<void> {
  await mapConcurrently(paths, 4, (path) => work(path));
}

async function hashOf(path: string): Promise<Buffer> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest();
}

async function dicomFiles(folder: string): Promise<Collection> {
  await mkdir(folder, { recursive: true });
  const picture = { rows: side, columns: side, allocated: 16, stored: 12 };
  const values = waves();
  for (let index = 0; index < count; index++) {
    // Each file has its own content.
    values[0] = index;
    const file = pictureFile(syntax.explicit, picture, new Uint8Array(values.buffer), [
      [0x00100020, 'LO', `P-${index % 50}`],
      [0x00281050, 'DS', '2000'],
      [0x00281051, 'DS', '3000'],
    ]);
    await writeFile(join(folder, `${index}.dcm`), file);
  }
  const raw = { width: side, height: side, channels: 1 } as const;
  return {
    name: `DICOM, ${side}² of 16 bits`,
    aim: 500,
    folder,
    plain: async (path) => {
      const bytes = await readFile(path);
      const pixels = new Uint8Array(bytes.buffer, bytes.byteOffset, side * side);
      const small = sharp(pixels, { raw }).resize(256, 256, { kernel: 'linear' });
      return small.toColourspace('b-w').jpeg(asOurs).toBuffer();
    },
  };
}

async function photographs(folder: string): Promise<Collection> {
  await mkdir(folder, { recursive: true });
  const raw = { width: side, height: side, channels: 3 } as const;
  const pixels = colours();
  for (let index = 0; index < count; index++) {
    // Its number, drawn in squares that survive any compression.
    for (let bit = 0; bit < 16; bit++) paint(pixels, bit, (index >> bit) & 1 ? 220 : 30);
    const jpeg = await sharp(pixels, { raw }).jpeg({ quality: 90 }).toBuffer();
    await writeFile(join(folder, `${index}.jpg`), jpeg);
  }
  return {
    name: `JPEG, ${side}²`,
    aim: 400,
    folder,
    plain: (path) => sharp(`${path}[shrink=2]`).jpeg(asOurs).toBuffer(),
  };
}

/** Encoding of thumbnails. */
const asOurs = { quality: 85, optimiseCoding: false } as const;

/** Waves of 12 bits with some noise: neither flat nor random, like slices of a body. */
function waves(): Uint16Array<ArrayBuffer> {
  const values = new Uint16Array(side * side);
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (state * 48_271) % 2_147_483_647;
    const wave = Math.sin((i % side) / 40) * Math.cos(Math.floor(i / side) / 30);
    values[i] = 2000 + 1500 * wave + (state % 128);
  }
  return values;
}

/** Colours with detail of several sizes, so that a file is about as large as a photograph. */
function colours(): Uint8Array<ArrayBuffer> {
  const values = waves();
  const pixels = new Uint8Array(side * side * 3);
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    const texture = 24 * Math.sin(x * 0.9 + 3 * Math.sin(y / 17)) * Math.sin(y * 0.7);
    for (let band = 0; band < 3; band++) {
      const shade = (values[(i + band * 40_961) % values.length] ?? 0) / 20;
      pixels[3 * i + band] = Math.min(255, Math.max(0, shade + texture));
    }
  }
  return pixels;
}

function paint(pixels: Uint8Array, square: number, value: number): void {
  for (let y = 0; y < 16; y++) {
    pixels.fill(value, 3 * (y * side + 16 * square), 3 * (y * side + 16 * (square + 1)));
  }
}
