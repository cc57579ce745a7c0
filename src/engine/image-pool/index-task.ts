import { hash } from 'node:crypto';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { hashOfFile } from '../../formats/file-hash.ts';
import { requireFrame } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';
import { withImage } from '../../formats/open-images.ts';
import { readThumbnail } from '../../formats/pictures.ts';
import { FileSource } from '../../formats/raster/file-source.ts';
import type { ImageFile } from '../../formats/raster/image-file.ts';
import { openSource } from '../../formats/raster/open.ts';
import type { TaskContext } from './tasks.ts';

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
  | { readonly ok: false; readonly reason: string };

/** Files up to so many bytes are read once, for their hash and their pixels. */
const wholeBytes = 2 ** 26;
/** Most files fit in here; memory that is new for each has to be collected again. */
const memory = new Uint8Array(2 ** 22);

/** Reads images one after the other; what is wrong with one is its own. */
export async function indexImages(
  { images, preparation }: IndexRequest,
  { alive }: TaskContext,
): Promise<Indexed[]> {
  const seen = preparationOf(preparation);
  const indexed: Indexed[] = [];
  for (const image of images) {
    alive();
    try {
      indexed.push({ ok: true, image: await indexImage(image, seen, alive) });
    } catch (error) {
      indexed.push({ ok: false, reason: reasonOf(error, image.path) });
    }
  }
  return indexed;
}

/** A file that a reader trips over must not cost the others. */
function reasonOf(error: unknown, path: string): string {
  if (error instanceof UserError) return error.message;
  const told = error instanceof Error ? error.message : String(error);
  return `${path} could not be read (${told}). It may be damaged; copy it again or leave it out.`;
}

async function indexImage(
  { path, frame }: ImagePlace,
  preparation: Preparation,
  alive: () => void,
): Promise<IndexedImage> {
  const source = await FileSource.open(path);
  try {
    const content = await (frame === undefined ? contentOf : contentOnce)(source, alive);
    const read = async (file: ImageFile): Promise<IndexedImage> => {
      requireFrame(file, frame);
      const { width, height } = file.header;
      return {
        ...content,
        width,
        height,
        thumbnail: await readThumbnail(file, preparation, frame),
      };
    };
    // A slice of a file whose other slices will be asked for.
    if (frame !== undefined) return await withImage(path, read);
    const file = await openSource(source);
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  } finally {
    await source.close();
  }
}

type FileContent = Pick<IndexedImage, 'sha256' | 'bytes' | 'modified'>;

/** Of the file that was hashed last: its slices come one after the other. */
let last: { readonly stamp: string; readonly content: FileContent } | undefined;

async function contentOnce(source: FileSource, alive: () => void): Promise<FileContent> {
  const stamp = `${source.size}:${source.modified}:${source.path}`;
  if (last?.stamp !== stamp) last = { stamp, content: await contentOf(source, alive) };
  return last.content;
}

async function contentOf(source: FileSource, alive: () => void): Promise<FileContent> {
  const { path, size, modified } = source;
  const isSmall = size <= wholeBytes;
  const sum = isSmall
    ? hash('sha256', await source.whole(memory), 'buffer')
    : await hashOfFile(path, alive);
  // As bytes of their own: a Buffer may be a part of memory that is shared.
  return { sha256: Uint8Array.from(sum), bytes: size, modified };
}
