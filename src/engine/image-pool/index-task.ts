import { hash } from 'node:crypto';
import { firstLine } from '../../contract/failure-text.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { isImageSize, largestArea, largestSide } from '../../core/mask/tiles.ts';
import { countedBytes } from '../../formats/decode-budget.ts';
import { hashOfFile } from '../../formats/file-hash.ts';
import { requireFrame } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';
import { memoryFailure } from '../../formats/memory-failure.ts';
import { withImage } from '../../formats/open-images.ts';
import { readThumbnail } from '../../formats/pictures.ts';
import { FileSource } from '../../formats/raster/file-source.ts';
import type { ImageFile } from '../../formats/raster/image-file.ts';
import { openSource } from '../../formats/raster/open.ts';
import { sampleBytes } from '../../formats/raster/sample-arrays.ts';
import type { TaskContext } from './task.ts';

export interface IndexRequest {
  readonly images: readonly ImagePlace[];
  readonly preparation: WrittenPreparation;
}

/** What a project keeps of an image. */
export interface IndexedImage {
  /** Of the file's content. */
  readonly sha256: Uint8Array;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** At full resolution; what a model sees of a very large image is smaller. */
  readonly width: number;
  readonly height: number;
  /** JPEG. */
  readonly thumbnail: Uint8Array;
}

export type Indexed =
  | { readonly ok: true; readonly image: IndexedImage }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Whether reading it cost a thread. */
      readonly isLost?: boolean;
    };

/** Files up to so many bytes are read once, for their hash and their pixels. */
const wholeBytes = 2 ** 26;
/**
 * Most files fit in here; memory that is new for each has to be collected again. Two, since a file is read while
 * the thumbnail of the one before is drawn.
 */
const memories = [new Uint8Array(2 ** 22), new Uint8Array(2 ** 22)] as const;

/**
 * Reads images in their order; what is wrong with one is its own. The decoder draws thumbnails elsewhere, so that
 * meanwhile the next file is read.
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

/** A file that a reader trips over must not cost the others. */
function reasonOf(error: unknown, path: string): string {
  if (error instanceof UserError) return error.message;
  const lack = memoryFailure(error, path);
  if (lack !== undefined) return lack.message;
  const told = firstLine(error instanceof Error ? error.message : String(error)).message;
  return `${path} could not be read (${told}). It may be damaged; copy it again or leave it out.`;
}

interface Indexing {
  readonly preparation: Preparation;
  /** For the file, until it is finished. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly alive: () => void;
}

/** An image whose thumbnail is to be drawn. */
interface BegunImage {
  /** Whether no other may be in memory besides. */
  readonly isAlone: boolean;
  /** Called once; it closes the file. */
  readonly finish: () => Promise<IndexedImage>;
}

/** Reads a file; what is wrong with it is told once the image is finished. */
async function begin(image: ImagePlace, indexing: Indexing): Promise<BegunImage> {
  // A slice of a file whose other slices will be asked for.
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

/** @throws UserError 'too-large' where the workspace has no place for masks of the image */
function requireImageSize({ path, header }: ImageFile): void {
  const { width, height } = header;
  if (isImageSize(header)) return;
  throw new UserError(
    'too-large',
    `${path} has ${width} × ${height} pixels, more than ${largestSide} on a side or ${largestArea} in all. Cut it into smaller images.`,
  );
}

type FileContent = Pick<IndexedImage, 'sha256' | 'bytes' | 'modified'>;

/** Of the file that was hashed last: its slices come one after the other. */
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
  // As bytes of their own: a Buffer may be a part of memory that is shared.
  return { sha256: Uint8Array.from(sum), bytes: size, modified };
}
