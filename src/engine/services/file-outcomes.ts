import type { ImageProblem } from '../../formats/labelled-images.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { FileRecord } from '../../store/queries/import-files.ts';
import type { ImageToImport, ReadImage } from './import-images.ts';
import type { FileStamp } from './known-files.ts';

/** What became of one image that was read. */
export type ImageOutcome = 'added' | 'known' | 'moved';

/** A file of which some images are not through yet. */
interface OpenFile {
  readonly path: string;
  readonly stamp: FileStamp | null;
  readonly places: string[];
  /** That it holds. */
  images: number;
  read: ReadImage | undefined;
  readonly kept: Set<ImageOutcome>;
  readonly failures: ImageProblem[];
  /** Of images that came in. */
  readonly notes: ImageProblem[];
}

/** What became of a file, and what is to be told of it. */
export interface FileResult {
  readonly record: FileRecord;
  readonly problems: readonly ImageProblem[];
  /** That it holds, as far as is known. */
  readonly images: number;
}

/** Gathers what becomes of images, and tells it file by file. */
export class FileOutcomes {
  readonly #files = new Map<string, OpenFile>();
  /** By the names of places, which tell slices of a file apart. */
  readonly #places = new Map<string, OpenFile>();

  /** Images that are to be read; those of one file together. */
  begin(images: readonly ImageToImport[], stamps: ReadonlyMap<string, FileStamp | null>): void {
    for (const image of images) {
      const { path } = image;
      const stamp = stamps.get(path) ?? null;
      const file = this.#files.get(path) ?? {
        ...{ path, stamp, places: [], images: 0, read: undefined },
        ...{ kept: new Set<ImageOutcome>(), failures: [], notes: [] },
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

  /** False for an image that is none of these. */
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

  /** The files that are through: all before the one that is gone on with. */
  take(goesOn: string | undefined): FileResult[] {
    const through: OpenFile[] = [];
    for (const file of this.#files.values()) {
      if (file.path === goesOn) break;
      through.push(file);
      this.#files.delete(file.path);
      for (const place of file.places) this.#places.delete(place);
    }
    return through.flatMap(resultOf);
  }
}

/** Nothing of a file that was not come to. */
function resultOf(file: OpenFile): FileResult[] {
  const { path, stamp, images, read, kept, failures, notes } = file;
  const [failure] = failures;
  const problems = [...failures, ...notes];
  if (read === undefined) {
    if (failure === undefined) return [];
    const { reason } = failure;
    const record = { path, outcome: 'skipped', reason, stamp, sha256: null, images: 0 } as const;
    return [{ record, problems, images }];
  }
  const outcome = kept.has('added') ? 'added' : kept.has('moved') ? 'moved' : 'known';
  const reason =
    failure === undefined
      ? (notes[0]?.reason ?? null)
      : `${failures.length} of its ${images} images were left out. ${failure.reason}`;
  const { bytes, modified, sha256 } = read;
  const now = { bytes, modified, inode: stamp?.inode ?? null };
  const record = { path, outcome, reason, stamp: now, sha256, images } as const;
  return [{ record, problems, images }];
}
