import { hash } from 'node:crypto';
import { firstLine } from '../../contract/failure-text.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { isImageSize, largestArea, largestSide } from '../../core/mask/tiles.ts';
import { countedBytes } from '../../formats/files/decode-budget.ts';
import { hashOfFile } from '../../formats/files/file-hash.ts';
import { requireFrame } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';
import { memoryFailure } from '../../formats/files/memory-failure.ts';
import { withImage } from '../../formats/open-images.ts';
import { readThumbnail } from '../../formats/pictures.ts';
import { FileSource } from '../../formats/raster/file-source.ts';
import type { ImageFile } from '../../formats/raster/image-file.ts';
import { openSource } from '../../formats/raster/open.ts';
import { sampleBytes } from '../../formats/raster/sample-arrays.ts';
import { readingText } from '../../text/index.ts';
import type { TaskContext } from './task.ts';

export interface IndexRequest {
  readonly images: readonly ImagePlace[];
  readonly preparation: WrittenPreparation;
}

/** Record of an image in a project. */
export interface IndexedImage {
  /** SHA-256 of the file's content. */
  readonly sha256: Uint8Array;
  readonly bytes: number;
  /** Modification time, ms since 1970. */
  readonly modified: number;
  /** Size at full resolution, px; a model may see a very large image reduced. */
  readonly width: number;
  readonly height: number;
  /** Thumbnail as JPEG. */
  readonly thumbnail: Uint8Array;
}

export type Indexed =
  | { readonly ok: true; readonly image: IndexedImage }
  | {
      readonly ok: false;
      readonly reason: string;
      /** True if reading the file crashed a thread. */
      readonly isLost?: boolean;
    };

/** Largest file, in bytes, that is read once for both its hash and its pixels. */
const wholeBytes = 2 ** 26;
/**
 * Reused buffers, which most files fit in: memory allocated per file would have to be collected again. Two, because a
 * file is read while the thumbnail of the previous one is rendered.
 */
const memories = [new Uint8Array(2 ** 22), new Uint8Array(2 ** 22)] as const;

/**
 * Reads images in order; errors stay with their image. The decoder renders thumbnails on another thread, so that the
 * next file is read in the meantime.
 */
export async function indexImages(
  { images, preparation }: IndexRequest,
  { alive, at }: TaskContext,
): Promise<Indexed[]> {
  const seen = preparationOf(preparation);
  const indexed: Promise<Indexed>[] = [];
  for (const [index, image] of images.entries()) {
    at(image.path);
    const before = indexed.at(-1);
    const memory = memories[index % 2 === 0 ? 0 : 1];
    const { isAlone, finish } = await begin(image, { preparation: seen, memory, alive });
    if (isAlone) await before;
    const outcome = outcomeOf(finish(), image);
    indexed.push(outcome);
    await (isAlone ? outcome : before);
  }
  return Promise.all(indexed);
}

function outcomeOf(work: Promise<IndexedImage>, { path }: ImagePlace): Promise<Indexed> {
  return work.then(
    (image) => ({ ok: true, image }),
    (error: unknown) => ({ ok: false, reason: reasonOf(error, path) }),
  );
}

/** Returns the message of an error; a file that crashes its reader must not affect the others. */
function reasonOf(error: unknown, path: string): string {
  if (error instanceof UserError) return error.message;
  const lack = memoryFailure(error, path);
  if (lack !== undefined) return lack.message;
  const why = firstLine(error instanceof Error ? error.message : String(error)).message;
  return readingText.unreadable(path, why);
}

interface Indexing {
  readonly preparation: Preparation;
  /** Buffer for the file, until the image is finished. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly alive: () => void;
}

/** An image whose thumbnail is not rendered yet. */
interface BegunImage {
  /** True if no other image may be in memory at the same time. */
  readonly isAlone: boolean;
  /** Renders the thumbnail and closes the file; called once. */
  readonly finish: () => Promise<IndexedImage>;
}

/** Reads a file; its errors are thrown by `finish`. */
async function begin(image: ImagePlace, indexing: Indexing): Promise<BegunImage> {
  // A slice of a file whose other slices will be requested too.
  if (image.frame !== undefined) {
    return { isAlone: true, finish: () => indexSlice(image, image.frame ?? 0, indexing) };
  }
  try {
    const source = await FileSource.open(image.path);
    return await beginFile(source, indexing).catch(async (error: unknown) => {
      await source.close();
      throw error;
    });
  } catch (error) {
    return {
      isAlone: false,
      finish: () => Promise.reject(error instanceof Error ? error : new Error(String(error))),
    };
  }
}

async function beginFile(
  source: FileSource,
  { preparation, memory, alive }: Indexing,
): Promise<BegunImage> {
  const content = await contentOf(source, memory, alive);
  const file = await openSource(source);
  requireImageSize(file);
  const { width, height, bands, sampleType } = file.header;
  const values = width * height * bands * sampleBytes[sampleType];
  return {
    isAlone: source.size > memory.length || values >= countedBytes,
    finish: async () => {
      try {
        return { ...content, width, height, thumbnail: await readThumbnail(file, preparation) };
      } finally {
        await file.close();
      }
    },
  };
}

async function indexSlice(
  { path }: ImagePlace,
  frame: number,
  { preparation, memory, alive }: Indexing,
): Promise<IndexedImage> {
  const source = await FileSource.open(path);
  try {
    const content = await contentOnce(source, memory, alive);
    return await withImage(path, async (file) => {
      requireFrame(file, frame);
      requireImageSize(file);
      const { width, height } = file.header;
      const thumbnail = await readThumbnail(file, preparation, frame);
      return { ...content, width, height, thumbnail };
    });
  } finally {
    await source.close();
  }
}

/** @throws UserError 'too-large' if the workspace cannot store masks of the image's size */
function requireImageSize({ path, header }: ImageFile): void {
  if (isImageSize(header)) return;
  throw new UserError(
    'too-large',
    readingText.tooLarge(path, header, { side: largestSide, area: largestArea }),
  );
}

type FileContent = Pick<IndexedImage, 'sha256' | 'bytes' | 'modified'>;

/** Content of the file hashed last, because the slices of a file come one after the other. */
let last: { readonly stamp: string; readonly content: FileContent } | undefined;

async function contentOnce(
  source: FileSource,
  memory: Uint8Array<ArrayBuffer>,
  alive: () => void,
): Promise<FileContent> {
  const stamp = `${source.size}:${source.modified}:${source.path}`;
  if (last?.stamp !== stamp) last = { stamp, content: await contentOf(source, memory, alive) };
  return last.content;
}

async function contentOf(
  source: FileSource,
  memory: Uint8Array<ArrayBuffer>,
  alive: () => void,
): Promise<FileContent> {
  const { path, size, modified } = source;
  const isSmall = size <= wholeBytes;
  const sum = isSmall
    ? hash('sha256', await source.whole(memory), 'buffer')
    : await hashOfFile(path, alive);
  // Copied: a Buffer may be a view into shared memory.
  return { sha256: Uint8Array.from(sum), bytes: size, modified };
}
