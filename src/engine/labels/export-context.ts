import { UserError } from '../../core/errors.ts';
import type { MaskClass } from '../../formats/masks/mask-raster.ts';
import { placeName, type ImagePlace } from '../../formats/labelled-images.ts';
import type { ExportFolder } from './export-folder.ts';
import type { ExportNames } from './export-names.ts';
import { goOn } from './file-masks.ts';
import type { MaskedImage } from './masked-images.ts';

/** What writing labels in one format needs, and whom it tells. */
export interface ExportContext {
  readonly folder: ExportFolder;
  readonly names: ExportNames;
  readonly images: readonly MaskedImage[];
  readonly classes: readonly MaskClass[];
  readonly signal: AbortSignal;
  readonly outcome: ExportOutcome;
}

/** What became of the images. */
export class ExportOutcome {
  /** Whose labels are in files. */
  images = 0;
  readonly leftOut: { path: string; reason: string }[] = [];
  readonly notes = new Set<string>();
  readonly #advance: (done: number) => void;
  #dealt = 0;

  /** @param advance told how many images have been dealt with */
  constructor(advance: (done: number) => void) {
    this.#advance = advance;
  }

  wrote(images: number): void {
    this.images += images;
    this.passed(images);
  }

  /** Dealt with, though their file is not there yet. */
  passed(images: number): void {
    this.#dealt += images;
    this.#advance(this.#dealt);
  }

  leave(image: ImagePlace, reason: string): void {
    this.leftOut.push({ path: placeName(image), reason });
    this.passed(1);
  }

  note(text: string): void {
    this.notes.add(text);
  }
}

/**
 * Does something for each file that masked images are of, with all images of the file. What cannot be done
 * leaves these images out, with the reason.
 */
export async function forEachFile(
  context: ExportContext,
  work: (path: string, images: readonly MaskedImage[]) => Promise<void>,
): Promise<void> {
  for (const [path, images] of byPath(context.images)) {
    await goOn(context);
    try {
      await work(path, images);
    } catch (error) {
      if (!isAboutImage(error)) throw error;
      for (const { image } of images) context.outcome.leave(image, error.message);
    }
  }
}

export function byPath(images: readonly MaskedImage[]): Map<string, MaskedImage[]> {
  const files = new Map<string, MaskedImage[]>();
  for (const masked of images) {
    const { path } = masked.image;
    const known = files.get(path);
    if (known) known.push(masked);
    else files.set(path, [masked]);
  }
  return files;
}

/** What is wrong with one image, or with its format for it; not the disk, and no wish to stop. */
export function isAboutImage(error: unknown): error is UserError {
  return (
    error instanceof UserError &&
    ['invalid-file', 'unsupported', 'too-large', 'not-found'].includes(error.code)
  );
}

/** Reads what an image's file says. One that may not be read is about the image, not about this disk. */
export async function fromSource<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'disk') throw error;
    throw new UserError('not-found', error.message, error.details);
  }
}
