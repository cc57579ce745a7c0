import { UserError } from '../../../../core/errors.ts';
import { tiffBlockText } from '../../../../text/index.ts';
import { memoryFailure } from '../../../files/memory-failure.ts';
import { sampleArrays } from '../../../../core/image/stored.ts';
import type { Samples } from '../../image-file.ts';
import type { BlockContext, BlockShape } from './block-shape.ts';
import type { BlockCache } from './block-cache.ts';
import { outputLimit } from './compression.ts';
import type { TiffFile } from '../directory.ts';
import { samplesInBlock, type Page } from '../page.ts';
import { damaged } from '../problems.ts';
import { reverseBits, rowBytesOf, toSamples } from './samples.ts';
import { photometrics, tags } from '../tags.ts';

/** Location of a strip's or tile's bytes. */
export interface ByteRange {
  readonly offset: number;
  /** 0: the block was never written. */
  readonly bytes: number;
}

const jpegTablesLimit = 65_536;

/** Locations and contents of the blocks of a file's pages. */
export class BlockReader {
  readonly #file: TiffFile;
  readonly #cache: BlockCache;
  readonly #contexts = new WeakMap<Page, Promise<BlockContext>>();

  constructor(file: TiffFile, cache: BlockCache) {
    this.#file = file;
    this.#cache = cache;
  }

  /**
   * Places of `count` neighbouring blocks of a block row, from column `first`.
   *
   * @param plane band of planar pages, else 0
   * @throws UserError 'invalid-file', 'disk'
   */
  async places(
    page: Page,
    plane: number,
    row: number,
    first: number,
    count: number,
  ): Promise<ByteRange[]> {
    const { width, height, block } = page;
    const perRow = Math.ceil(width / block.width);
    const perColumn = Math.ceil(height / block.height);
    const index = (plane * perColumn + row) * perRow + first;
    const offsets = await this.#file.numbers(page.offsets, count, index);
    const sizes = await this.#file.numbers(page.byteCounts, count, index);
    const shape = blockShape(page, row);
    return offsets.map((offset, i) => this.#place(page, offset, sizes[i], shape));
  }

  /**
   * Reads the decoded rows of a block that are inside the page: (rows, block width, values a pixel).
   *
   * @throws UserError 'invalid-file', 'unsupported', 'disk'
   */
  block(page: Page, place: ByteRange, row: number): Promise<Samples> {
    const key = `${page.directory.offset} ${place.offset} ${row}`;
    return this.#cache.get(key, () => this.#decode(page, place, blockShape(page, row)));
  }

  #place(page: Page, offset: number, size: number | undefined, shape: BlockShape): ByteRange {
    const needed = shape.rows * shape.rowBytes;
    const { path } = this.#file.source;
    if (offset === 0) return { offset, bytes: 0 };
    if (page.compression.name === 'none') {
      // With one block nothing else can be meant; many writers state its size wrongly.
      const isOnly = page.offsets.count === 1;
      if (size === undefined || isOnly) return { offset, bytes: needed };
      if (size !== 0 && size < needed) throw damaged(path, tiffBlockText.shorterThanPixels);
      return { offset, bytes: Math.min(size, needed) };
    }
    if (size === undefined) throw damaged(path, tiffBlockText.noLengths);
    if (size > 0 && needed > size * page.compression.expansion) {
      throw damaged(path, tiffBlockText.tooShort);
    }
    return { offset, bytes: size };
  }

  async #decode(page: Page, place: ByteRange, shape: BlockShape): Promise<Samples> {
    const { source } = this.#file;
    source.check(place.offset, place.bytes);
    // No scheme doubles the size of values; a larger size is a writer's mistake.
    const length = Math.min(place.bytes, 2 * outputLimit(shape));
    const bytes = await source.read(place.offset, length);
    try {
      return await this.#values(page, bytes, shape);
    } catch (error) {
      if (error instanceof UserError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      const { path } = source;
      throw memoryFailure(error, path) ?? damaged(path, tiffBlockText.notDecoded, message);
    }
  }

  async #values(page: Page, bytes: Buffer, shape: BlockShape): Promise<Samples> {
    const { compression } = page;
    if ('decodeValues' in compression) {
      const values = await compression.decodeValues(bytes, shape, await this.#context(page));
      return this.#checked(page, values, shape);
    }
    if (page.isReversed) reverseBits(bytes);
    return this.#unpack(page, await compression.decode(bytes, shape), shape);
  }

  #checked(page: Page, values: Samples, { rows, width, samples }: BlockShape): Samples {
    const isRight = values instanceof sampleArrays[page.sampleType];
    if (isRight && values.length >= rows * width * samples) return values;
    throw damaged(this.#file.source.path, tiffBlockText.otherValues);
  }

  #unpack(page: Page, bytes: Uint8Array, { rows, rowBytes, width, samples }: BlockShape): Samples {
    if (bytes.length < rows * rowBytes) {
      throw damaged(this.#file.source.path, tiffBlockText.pixelsMissing);
    }
    return toSamples(bytes, {
      rowLength: width * samples,
      samples,
      rows,
      bits: page.bits,
      sampleType: page.sampleType,
      predictor: page.predictor,
      isLittleEndian: this.#file.isLittleEndian,
    });
  }

  #context(page: Page): Promise<BlockContext> {
    const known = this.#contexts.get(page);
    if (known !== undefined) return known;
    const context = this.#readContext(page);
    this.#contexts.set(page, context);
    return context;
  }

  async #readContext(page: Page): Promise<BlockContext> {
    const { fields } = page.directory;
    const jpegTables = await this.#file.bytes(fields.get(tags.jpegTables), jpegTablesLimit);
    const [, lercPacking] = await this.#file.numbers(fields.get(tags.lercParameters), 2);
    return {
      path: this.#file.source.path,
      jpegTables,
      isYcbcr: page.photometric === photometrics.ycbcr,
      lercPacking: lercPacking ?? 0,
    };
  }
}

/** Returns the shape that a block of block row `row` must have. */
export function blockShape(page: Page, row: number): BlockShape {
  const { width, height } = page.block;
  const samples = samplesInBlock(page);
  const rows = Math.min(height, page.height - row * height);
  return {
    width,
    rows,
    fullRows: height,
    samples,
    rowBytes: rowBytesOf(width * samples, page.bits),
  };
}
