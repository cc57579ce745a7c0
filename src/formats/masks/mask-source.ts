import type { MaskSourceKind, SourceClass } from '../../contract/mask-sources.ts';
import type { Size } from '../../core/mask/tiles.ts';
import type { FoundImage, ImageProblem } from '../labelled-images.ts';
import type { MaskRaster } from './mask-raster.ts';
import type { ValueTable } from './paired/values.ts';
import type { SurveyedMask } from './paired/survey.ts';

/** An image whose mask is asked for. Its size is that of the frame, upright. */
export type SizedImage = FoundImage & Size;

/** The mask of one image, in the values of its source. */
export interface OpenMask extends MaskRaster {
  /** What a person should know of it once all tiles were read, in parts of sentences; usually nothing. */
  notes(): readonly string[];
  close(): Promise<void>;
}

/** Label files of one kind, opened for the images of a folder. */
export interface MaskSource {
  readonly kind: MaskSourceKind;
  /** Files that are labels and no images. */
  readonly claimed: ReadonlySet<string>;
  /** Values of its masks; 0 and 255 (nothing known) are no classes. */
  readonly classes: readonly SourceClass[];
  /** Images with masks, those that show most values first; absent where that is not known. */
  readonly samples?: readonly FoundImage[] | undefined;
  /** How many files of the folder it has something for. */
  readonly images: number;
  /** Whether what it says of an image is all that there is in it. */
  readonly isComplete: boolean;
  /** Of GeoJSON; empty otherwise. */
  readonly properties: readonly { readonly name: string; readonly values: number }[];
  readonly property: string | null;
  /** What stored values mean, where all masks together decide that; null where the source says it. */
  readonly table: ValueTable | null;
  /** Found out when it was opened. */
  readonly problems: readonly ImageProblem[];
  /**
   * Undefined where it says nothing of the image.
   *
   * @param signal where the source is read in a thread, ends that; others are through soon
   * @throws UserError 'invalid-labels' and others where it does, but the two do not fit
   */
  maskFor(image: SizedImage, signal?: AbortSignal): Promise<OpenMask | undefined>;
  /**
   * Masks that `maskFor` would refuse as they do not fit their images, by headers alone; absent where that cannot be
   * told so cheaply.
   *
   * @throws UserError 'cancelled'
   */
  readonly misfits?: (signal?: AbortSignal) => Promise<ImageProblem[]>;
  /** Files that have the mask of an image, or of its slices. */
  labelsOf(path: string): readonly string[];
  close(): Promise<void>;
}

/** What is needed to open any source. */
export interface SourceRequest {
  /** A file, or the folder of images. */
  readonly path: string;
  /** Of images. */
  readonly folder: string;
  /** All that was found in the folder, masks among it. */
  readonly found: readonly FoundImage[];
  readonly property: string | null;
  /** What stored values mean, where that was decided before: masks are then not read for it. */
  readonly table?: ValueTable | null | undefined;
  /** What masks beside images hold, by path, where they were read before. */
  readonly surveyed?: ReadonlyMap<string, SurveyedMask> | undefined;
  /** Files that are not to be read, with the reason: reading them ended a thread or the program. */
  readonly excluded?: ReadonlyMap<string, string> | undefined;
  /** Told of each file that is read next. */
  readonly at?: ((path: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
