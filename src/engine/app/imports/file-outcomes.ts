import type { ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { FileRecord } from '../../../store/queries/import-files.ts';
import type { ImageToImport, ReadImage } from './import-images.ts';
import type { FileStamp } from './known-files.ts';
import { fileNoteText } from '../../../text/index.ts';

/** Outcome of one imported image. */
export type ImageOutcome = 'added' | 'known' | 'moved';

/** A file with images still in progress. */
interface OpenFile {
  readonly path: string;
  readonly stamp: FileStamp | null;
  readonly places: string[];
  /** Number of images in the file. */
  images: number;
  read: ReadImage | undefined;
  readonly kept: Set<ImageOutcome>;
  readonly failures: ImageProblem[];
  /** Notes on imported images. */
  readonly notes: ImageProblem[];
}

/** Outcome of a file, with the problems to report. */
export interface FileResult {
  readonly record: FileRecord;
  readonly problems: readonly ImageProblem[];
  /** Number of images in the file, as far as known. */
  readonly images: number;
}

/** Returns a record of a file that was not read. */
export function unreadFile(path: string, reason: string, outcome: 'skipped' | 'other'): FileRecord {
  return { path, outcome, reason, stamp: null, sha256: null, images: 0 };
}

/** Collects outcomes of images and returns them file by file. */
export class FileOutcomes {
  readonly #files = new Map<string, OpenFile>();
  /** Open files by `placeName`, which distinguishes the slices of a file. */
  readonly #places = new Map<string, OpenFile>();

  /** Adds images to be read; those of one file together. */
  begin(images: readonly ImageToImport[], stamps: ReadonlyMap<string, FileStamp | null>): void {
    for (const image of images) {
      const { path } = image;
      const stamp = stamps.get(path) ?? null;
      const file = this.#files.get(path) ?? {
        path,
        stamp,
        places: [],
        images: 0,
        read: undefined,
        kept: new Set<ImageOutcome>(),
        failures: [],
        notes: [],
      };
      file.images++;
      this.#files.set(path, file);
      file.places.push(placeName(image));
      this.#places.set(placeName(image), file);
    }
  }

  fail(problem: ImageProblem): void {
    this.#places.get(problem.path)?.failures.push(problem);
  }

  /** Adds a note; returns false if the image is not in progress. */
  note(problem: ImageProblem): boolean {
    const file = this.#places.get(problem.path);
    file?.notes.push(problem);
    return file !== undefined;
  }

  keep(image: ReadImage, outcome: ImageOutcome): void {
    const file = this.#files.get(image.path);
    if (file === undefined) return;
    file.read = image;
    file.kept.add(outcome);
  }

  /** Removes and returns the finished files: all before the one in progress. */
  take(unfinished: string | undefined): FileResult[] {
    const through: OpenFile[] = [];
    for (const file of this.#files.values()) {
      if (file.path === unfinished) break;
      through.push(file);
      this.#files.delete(file.path);
      for (const place of file.places) this.#places.delete(place);
    }
    return through.flatMap(resultOf);
  }
}

/** Returns the result of a file; none if the import was stopped before it was read. */
function resultOf(file: OpenFile): FileResult[] {
  const { path, stamp, images, read, kept, failures, notes } = file;
  const [failure] = failures;
  const problems = [...failures, ...notes];
  if (read === undefined) {
    if (failure === undefined) return [];
    const record = { ...unreadFile(path, failure.reason, 'skipped'), stamp };
    return [{ record, problems, images }];
  }
  const outcome = kept.has('added') ? 'added' : kept.has('moved') ? 'moved' : 'known';
  const reason =
    failure === undefined
      ? (notes[0]?.reason ?? null)
      : fileNoteText.someImagesLeftOut({ failed: failures.length, images, reason: failure.reason });
  const { bytes, modified, sha256 } = read;
  const now = { bytes, modified, inode: stamp?.inode ?? null };
  const record = { path, outcome, reason, stamp: now, sha256, images } as const;
  return [{ record, problems, images }];
}
