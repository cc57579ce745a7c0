import { UserError } from '../../core/errors.ts';
import type { MaskClass } from '../../formats/masks/mask-raster.ts';
import { placeName, type ImagePlace } from '../../formats/labels/labelled-images.ts';
import type { ExportFolder } from './export-folder.ts';
import type { ExportNames } from './export-names.ts';
import { yieldOrCancel } from './file-masks.ts';
import { ImageNotes } from './image-notes.ts';
import type { ExportedMask } from './masked-images.ts';

/** Input and reporting of an export in one format. */
export interface ExportContext {
  readonly folder: ExportFolder;
  readonly names: ExportNames;
  readonly images: readonly ExportedMask[];
  readonly classes: readonly MaskClass[];
  readonly signal: AbortSignal;
  readonly outcome: ExportOutcome;
}

/** Result of an export, per image. */
export class ExportOutcome {
  /** Number of images with their labels in files. */
  images = 0;
  readonly leftOut: { path: string; reason: string }[] = [];
  readonly #notes = new ImageNotes();
  readonly #advance: (done: number) => void;
  #dealt = 0;

  /** @param advance called with the number of processed images */
  constructor(advance: (done: number) => void) {
    this.#advance = advance;
  }

  wrote(images: number): void {
    this.images += images;
    this.passed(images);
  }

  /** Counts images as processed although their file is not finished. */
  passed(images: number): void {
    this.#dealt += images;
    this.#advance(this.#dealt);
  }

  leave(image: ImagePlace, reason: string): void {
    this.leftOut.push({ path: placeName(image), reason });
    this.passed(1);
  }

  /** Adds a note, about one image if given. */
  note(text: string, image?: string): void {
    this.#notes.add(text, image);
  }

  get notes(): string[] {
    return this.#notes.list();
  }
}

/**
 * Runs work for each image file, with all its masked images. If it fails for a file, that file's images are left out,
 * with the reason.
 */
export async function forEachFile(
  context: ExportContext,
  work: (path: string, images: readonly ExportedMask[]) => Promise<void>,
): Promise<void> {
  for (const [path, images] of byPath(context.images)) {
    await yieldOrCancel(context);
    try {
      await work(path, images);
    } catch (error) {
      if (!isAboutImage(error)) throw error;
      for (const { image } of images) context.outcome.leave(image, error.message);
    }
  }
}

export function byPath(images: readonly ExportedMask[]): Map<string, ExportedMask[]> {
  const files = new Map<string, ExportedMask[]>();
  for (const masked of images) {
    const { path } = masked.image;
    const known = files.get(path);
    if (known) known.push(masked);
    else files.set(path, [masked]);
  }
  return files;
}

/**
 * Returns true for an error of one image, or of the format for it; false for disk errors and cancellation.
 */
export function isAboutImage(error: unknown): error is UserError {
  return (
    error instanceof UserError &&
    ['invalid-file', 'unsupported', 'too-large', 'not-found'].includes(error.code)
  );
}

/**
 * Reads from an image's file; an access error then counts as an error of the image, not of the output disk.
 */
export async function fromSource<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'disk') throw error;
    throw new UserError('not-found', error.message, error.details);
  }
}
