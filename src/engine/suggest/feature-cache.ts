import { blockSide } from '../../core/suggest/marks.ts';
import { featureBytes } from '../../core/suggest/feature-bytes.ts';
import type { Block } from '../../core/suggest/proposal.ts';
import type { Raster } from '../../core/image/raster.ts';
import type { Rectangle } from '../../core/mask/tiles.ts';
import { ByteCache } from '../../core/byte-cache.ts';
import type { PatchReader, PatchTile } from './patch-reader.ts';
import type { FeatureProgress } from './protocol.ts';

/** Budget for cached features, bytes: about 5 million pixels at the working scale. */
const cacheBytes = 384 * 2 ** 20;

/** Column and row of a block, from 0. */
export interface BlockPlace {
  readonly x: number;
  readonly y: number;
}

/** An image at its working scale and a teacher, each with a cache key. */
export interface Subject {
  readonly image: Raster;
  /** Key of image and level. */
  readonly imageKey: string;
  readonly reader: PatchReader;
  readonly teacherKey: string;
}

/** Cached features of pixels and patches of recently used images. */
export class FeatureCache {
  readonly #blocks: ByteCache<Block>;
  readonly #patches: ByteCache<Float32Array>;

  constructor(limit = cacheBytes) {
    this.#blocks = new ByteCache(limit / 2, ({ bytes }) => bytes.data.byteLength);
    this.#patches = new ByteCache(limit / 2, ({ byteLength }) => byteLength);
  }

  /** Drops everything but these images: cache keys begin with an image's key. */
  keepOnly(images: ReadonlySet<string>): void {
    const isGone = (key: string): boolean => {
      for (const image of images) if (key.startsWith(`${image}\n`)) return false;
      return true;
    };
    this.#blocks.deleteAll(isGone);
    this.#patches.deleteAll(isGone);
  }

  /**
   * Computes the features of these blocks that are not cached yet.
   *
   * @param pause awaited now and then; throws to stop
   */
  async prepare(
    subject: Subject,
    blocks: readonly BlockPlace[],
    context: { report(progress: FeatureProgress): void },
    pause: () => Promise<void>,
  ): Promise<void> {
    const { reader, image } = subject;
    const missing = new Map<string, PatchTile>();
    for (const block of blocks) {
      for (const tile of tilesUnder(blockRectangle(block, image), reader, image)) {
        const key = patchKey(subject, tile);
        // Reading marks the tile as used, so that these tiles do not evict each other.
        if (this.#patches.get(key) === undefined) missing.set(key, tile);
      }
    }
    const start = performance.now();
    const tiles = [...missing];
    for (let done = 0; done < tiles.length; done += reader.atOnce) {
      await pause();
      const some = tiles.slice(done, done + reader.atOnce);
      const read = await reader.read(
        image,
        some.map(([, tile]) => tile),
      );
      some.forEach(([key], index) => {
        this.#patches.set(key, read[index] ?? new Float32Array());
      });
      const after = done + some.length;
      const secondsLeft =
        ((performance.now() - start) / 1000 / after) * (tiles.length - after) || 0;
      context.report({ done: after, total: tiles.length, secondsLeft });
    }
    for (const block of blocks) {
      if (this.#blocks.has(blockKey(subject, block))) continue;
      await pause();
      this.block(subject, block);
    }
  }

  /** Features of a block's pixels. */
  block(subject: Subject, place: BlockPlace): Block {
    const key = blockKey(subject, place);
    const known = this.#blocks.get(key);
    if (known) return known;
    const rectangle = blockRectangle(place, subject.image);
    const block = { ...rectangle, bytes: featureBytes(subject.image, rectangle) };
    this.#blocks.set(key, block);
    return block;
  }

  /** Features of a patch (D), in a tile that is cached. */
  patch(subject: Subject, column: number, row: number): Float32Array {
    const { side, width } = subject.reader;
    const tile = { x: Math.floor(column / side), y: Math.floor(row / side) };
    const features = this.#patches.get(patchKey(subject, tile));
    if (!features) throw new Error(`patch (${column}, ${row}) has no features yet`);
    const first = ((row % side) * side + (column % side)) * width;
    return features.subarray(first, first + width);
  }
}

/** Returns the part of a block inside the image. */
function blockRectangle({ x, y }: BlockPlace, { width, height }: Raster): Rectangle {
  const [left, top] = [x * blockSide, y * blockSide];
  return {
    x: left,
    y: top,
    width: Math.min(blockSide, width - left),
    height: Math.min(blockSide, height - top),
  };
}

/** Returns the number of patches of an image across and down. */
export function patchCounts(
  { width, height }: Raster,
  { patchSize }: PatchReader,
): { across: number; down: number } {
  return { across: Math.ceil(width / patchSize), down: Math.ceil(height / patchSize) };
}

/** Tiles with the patches whose centres surround a rectangle's pixels. */
function tilesUnder(
  { x, y, width, height }: Rectangle,
  reader: PatchReader,
  image: Raster,
): PatchTile[] {
  const { patchSize, side } = reader;
  const { across, down } = patchCounts(image, reader);
  const tileOf = (pixel: number, count: number, ahead: number): number => {
    const patch = Math.floor((pixel + 0.5) / patchSize - 0.5) + ahead;
    return Math.floor(Math.max(0, Math.min(count - 1, patch)) / side);
  };
  const tiles: PatchTile[] = [];
  for (let row = tileOf(y, down, 0); row <= tileOf(y + height - 1, down, 1); row++) {
    for (let column = tileOf(x, across, 0); column <= tileOf(x + width - 1, across, 1); column++) {
      tiles.push({ x: column, y: row });
    }
  }
  return tiles;
}

function blockKey({ imageKey }: Subject, { x, y }: BlockPlace): string {
  return `${imageKey}\n${x} ${y}`;
}

function patchKey({ imageKey, teacherKey }: Subject, { x, y }: PatchTile): string {
  return `${imageKey}\n${teacherKey} ${x} ${y}`;
}
