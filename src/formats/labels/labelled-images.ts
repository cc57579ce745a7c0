import { must } from '../../core/must.ts';

/** Location of an image: its file, and the slice in it. */
export interface ImagePlace {
  /** Absolute path. */
  readonly path: string;
  /** Slice or page in the file, from 0; absent in files with one. */
  readonly frame?: number | undefined;
}

/** Returns the unique name of an image; the number in it is for people, from 1. */
export function placeName({ path, frame }: ImagePlace): string {
  return frame === undefined ? path : `${path}#${frame + 1}`;
}

/** Returns the number of an image in its project. Throws if the image has none. */
export function idOf(ids: ReadonlyMap<string, number>, image: ImagePlace): number {
  const name = placeName(image);
  return must(ids.get(name), `the number of ${name}`);
}

/** An image below a chosen folder. */
export interface FoundImage extends ImagePlace {
  /** Path relative to the folder, with `/` on every system; for a slice with its number appended: `scan.nii#7`. */
  readonly name: string;
  /** SHA-256 of the file's content, in hexadecimal, if known: then the image may be in any folder. */
  readonly contentHash?: string | undefined;
  /** Folder of an exported mask, relative to the chosen one. */
  readonly labelFolder?: string | undefined;
  /** Folder among the images that the mask was exported into, ending in `/`. */
  readonly exportFolder?: string | undefined;
}

export interface LabelledImage extends FoundImage {
  /** Classes of the image; it belongs to each of them. */
  readonly labels: readonly string[];
  /** False if it is not known what the image shows; true without labels: it belongs to none of the classes. */
  readonly isLabelled: boolean;
  /** Patient, scene or the like; related images stay on one side of a split. */
  readonly group: string | undefined;
  /** Number of the image in its project. */
  readonly key?: number | undefined;
  /** Split stated by the label file (`train`, `test`, …). */
  readonly split: string | undefined;
}

/** Something that was skipped, and the reason. */
export interface ImageProblem {
  /** Name as returned by `placeName`. */
  readonly path: string;
  readonly reason: string;
  /** True for a folder that was skipped entirely. */
  readonly isFolder?: boolean | undefined;
  /** True if no image is lost by leaving it out. */
  readonly isExpected?: boolean | undefined;
}

export interface LabelledImages {
  /** Images in the order in which they were found. */
  readonly images: readonly LabelledImage[];
  /** All labels, ordered by code points. */
  readonly classes: readonly string[];
  readonly problems: readonly ImageProblem[];
}
