import type { MaskSourceKind, SourceClass } from '../../contract/mask-sources.ts';
import type { Size } from '../../core/mask/tiles.ts';
import type { FoundImage, ImageProblem } from '../labels/labelled-images.ts';
import type { MaskRaster } from './mask-raster.ts';
import type { ValueTable } from './paired/values.ts';
import type { SurveyedMask } from './paired/survey.ts';

/** Image whose mask is requested. Its size is that of the frame, upright. */
export type SizedImage = FoundImage & Size;

/** The mask of one image, in the values of its source. */
export interface OpenMask extends MaskRaster {
  /** Returns notes for the user after all tiles were read, as parts of sentences; usually none. */
  notes(): readonly string[];
  close(): Promise<void>;
}

/** Label files of one kind, opened for the images of a folder. */
export interface MaskSource {
  readonly kind: MaskSourceKind;
  /** Files that are labels, not images. */
  readonly claimed: ReadonlySet<string>;
  /** Values of its masks; 0 (background) and 255 (unknown) are not classes. */
  readonly classes: readonly SourceClass[];
  /** Images with masks, those with most values first; absent if the values are unknown. */
  readonly samples?: readonly FoundImage[] | undefined;
  /** Number of files in the folder that have a mask. */
  readonly images: number;
  /** True if the source covers everything in an image. */
  readonly isComplete: boolean;
  /** Properties of polygons; empty for other sources. */
  readonly properties: readonly { readonly name: string; readonly values: number }[];
  readonly property: string | null;
  /** Meaning of stored values, if all masks together decide it; null if the source states it. */
  readonly table: ValueTable | null;
  /** Problems found when the source was opened. */
  readonly problems: readonly ImageProblem[];
  /**
   * Returns the mask of an image; undefined if the source does not describe the image.
   *
   * @param signal stops the thread that reads the source; sources read without a thread finish soon
   * @throws UserError 'invalid-labels' and others if the mask does not fit the image
   */
  maskFor(image: SizedImage, signal?: AbortSignal): Promise<OpenMask | undefined>;
  /**
   * Finds masks that `maskFor` would refuse because they do not fit their images, by headers alone; absent if headers
   * are not enough.
   *
   * @throws UserError 'cancelled'
   */
  readonly misfits?: ((signal?: AbortSignal) => Promise<ImageProblem[]>) | undefined;
  /** Files that have the mask of an image, or of its slices. */
  labelsOf(path: string): readonly string[];
  close(): Promise<void>;
}

/** Input for opening any source. */
export interface SourceRequest {
  /** A file, or the folder of images; for polygons also a folder, all of whose files are read. */
  readonly path: string;
  /** Folder of the images. */
  readonly folder: string;
  /** Files found in the folder, including masks. */
  readonly found: readonly FoundImage[];
  readonly property: string | null;
  /** Meaning of stored values, if decided earlier; masks are then not read for it. */
  readonly table?: ValueTable | null | undefined;
  /** Values of masks next to images, by path, if they were read earlier. */
  readonly surveyed?: ReadonlyMap<string, SurveyedMask> | undefined;
  /** Files that must not be read, with the reason: reading them ended a thread or the program. */
  readonly excluded?: ReadonlyMap<string, string> | undefined;
  /** Called with each file before it is read. */
  readonly at?: ((path: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
