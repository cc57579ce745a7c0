import { UserError } from '../../../core/errors.ts';
import { commonText, tiffText } from '../../../text/index.ts';
import { decodeWithin } from '../../files/decode-budget.ts';
import { FileSource } from '../file-source.ts';
import type { ImageFile, OpenImage, Pixels, ReadLimits, ReadRequest } from '../image-file.ts';
import { checkRequest, type CheckedRequest } from '../read-request.ts';
import { BlockCache, cacheBytes } from './blocks/block-cache.ts';
import { BlockReader } from './blocks/block-reader.ts';
import { TiffFile } from './directory.ts';
import { readDescription, type Description } from './describe.ts';
import { storedWindow, turnUpright } from './orientation.ts';
import { isLike, readPageTree } from './page-tree.ts';
import { readPage, type Page } from './page.ts';
import { damaged } from './problems.ts';
import { blocksAtOnce, readRegion } from './region.ts';
import { newSamples, sampleBytes } from '../sample-arrays.ts';
import { TiffSource } from './tiff-source.ts';

export { isTiff } from './directory.ts';

/** Number of pages that are kept ready for reading. */
const pagesKept = 64;

/**
 * Opens a TIFF, BigTIFF or GeoTIFF file. Only directories are read; pixels come block by block, so a
 * region costs the blocks it touches, whatever the size of the file.
 *
 * @throws UserError 'not-found', 'disk', 'invalid-file', 'unsupported' (with what), 'too-large'
 */
export const openTiff: OpenImage = async (path, limits) =>
  openTiffSource(await FileSource.open(path), limits);

/** Opens a source like `openTiff`, for an open file, which is closed with the image or upon refusal. */
export async function openTiffSource(opened: FileSource, limits: ReadLimits): Promise<ImageFile> {
  const source = new TiffSource(opened);
  try {
    const file = await TiffFile.read(source);
    const tree = await readPageTree(file, limits);
    return new TiffImage(file, await readDescription(file, tree, limits), limits);
  } catch (error) {
    await source.close();
    throw error;
  }
}

class TiffImage implements ImageFile {
  readonly path: string;
  readonly header: ImageFile['header'];
  readonly #file: TiffFile;
  readonly #description: Description;
  readonly #limits: ReadLimits;
  readonly #cache: BlockCache;
  readonly #reader: BlockReader;
  readonly #pages = new Map<number, Promise<Page>>();
  readonly #closing = new AbortController();

  constructor(file: TiffFile, description: Description, limits: ReadLimits) {
    this.path = file.source.path;
    this.header = description.header;
    this.#file = file;
    this.#description = description;
    this.#limits = limits;
    this.#cache = new BlockCache(cacheBytes(description.tree.first));
    this.#reader = new BlockReader(file, this.#cache);
  }

  async read(request: ReadRequest = {}): Promise<Pixels> {
    const signals = [this.#closing.signal, request.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(signals);
    const checked = checkRequest(request, this.header, this.#limits, this.path);
    try {
      signal.throwIfAborted();
      const page = await this.#page(checked.frame, checked.level);
      const bytes = bytesOf(checked, page);
      const { value, release } = await decodeWithin(
        bytes,
        () => this.#read(checked, page, signal),
        signal,
      );
      release();
      return value;
    } catch (error) {
      if (signal.aborted) throw new UserError('cancelled', commonText.stopped);
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#cache.clear();
    await this.#file.source.close();
  }

  async #read(
    { frame, region, bands }: CheckedRequest,
    page: Page,
    signal: AbortSignal,
  ): Promise<Pixels> {
    const { orientation, fill, contiguous } = this.#description;
    const stored = await readRegion(this.#file, this.#reader, {
      page,
      window: storedWindow(region, page, orientation),
      bands,
      fill,
      shift: contiguous === null ? 0 : frame * contiguous.stride,
      signal,
    });
    const { width, height } = region;
    const size = { width, height, bands: bands.length };
    if (orientation === 1) return { ...size, data: stored };
    const empty = newSamples(page.sampleType, stored.length);
    return { ...size, data: turnUpright(stored, size, bands.length, orientation, empty) };
  }

  #page(frame: number, level: number): Promise<Page> {
    const { tree, contiguous } = this.#description;
    const offset = tree.frames[contiguous === null ? frame : 0]?.[level] ?? 0;
    const known = this.#pages.get(offset);
    if (known !== undefined) return known;
    const page = this.#readPage(offset, level);
    this.#pages.set(offset, page);
    page.catch(() => this.#pages.delete(offset));
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > pagesKept && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }

  async #readPage(offset: number, level: number): Promise<Page> {
    const { first, levels } = this.#description.tree;
    const page = await readPage(this.#file, await this.#file.directory(offset), this.#limits);
    const size = levels[level];
    const isSame = page.width === size?.width && page.height === size.height;
    // Only if the file is being rewritten.
    if (!isSame || !isLike(first, { ...page, ...pickSize(first) })) {
      throw damaged(this.path, tiffText.changed);
    }
    return page;
  }
}

/** Memory for reading, bytes: for the values, and for the blocks that are decoded at a time. */
function bytesOf({ region, bands }: CheckedRequest, page: Page): number {
  const each = sampleBytes[page.sampleType];
  const values = region.width * region.height * bands.length;
  const { width, height } = page.block;
  const blocks = Math.ceil(page.width / width) * Math.ceil(page.height / height);
  const rows = Math.min(height, page.height);
  const ofBlocks = Math.min(blocksAtOnce, blocks) * width * rows * page.samples;
  return each * (values + (page.compression.name === 'none' ? 0 : ofBlocks));
}

function pickSize({
  width,
  height,
  orientation,
}: Page): Pick<Page, 'width' | 'height' | 'orientation'> {
  return { width, height, orientation };
}
