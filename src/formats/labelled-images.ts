/** Where an image lies. */
export interface ImagePlace {
  /** Absolute. */
  readonly path: string;
  /** Which of a file's slices or pages, from 0; absent in files of one. */
  readonly frame?: number | undefined;
}

/** What tells an image from all others; the number is for people, from 1. */
export function placeName({ path, frame }: ImagePlace): string {
  return frame === undefined ? path : `${path}#${frame + 1}`;
}

/** An image below a chosen folder. */
export interface FoundImage extends ImagePlace {
  /** Relative to the folder, with `/` on every system; of a slice with its number behind: `scan.nii#7`. */
  readonly name: string;
  /** SHA-256 of the file's content, in hexadecimal, where it is known: then the image may lie anywhere. */
  readonly contentHash?: string | undefined;
  /** Of a mask that was exported: the folder of masks that it lies in, relative to the chosen one. */
  readonly labelFolder?: string | undefined;
}

export interface LabelledImage extends FoundImage {
  /** Several: the image belongs to each of these classes. */
  readonly labels: readonly string[];
  /** False where nobody said what the image shows; true without labels: it belongs to none of the classes. */
  readonly isLabelled: boolean;
  /** Patient, scene or the like; related images stay on one side of a split. */
  readonly group: string | undefined;
  /** Of an image of a project: its number there. */
  readonly key?: number | undefined;
  /** A split that the label file names (`train`, `test`, …). */
  readonly split: string | undefined;
}

/** Something that was passed over, and why. */
export interface ImageProblem {
  /** As `placeName` has it. */
  readonly path: string;
  readonly reason: string;
}

export interface LabelledImages {
  /** In the order in which the images were found. */
  readonly images: readonly LabelledImage[];
  /** Every label that occurs, by code points. */
  readonly classes: readonly string[];
  readonly problems: readonly ImageProblem[];
}
