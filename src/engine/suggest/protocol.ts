import type { Failure } from '../../contract/app.ts';
import type { TeacherOverrides, WrittenPreparation } from '../../contract/jobs.ts';
import type { MaskRegion, Suggestion } from '../../contract/masks.ts';
import type { MaskTile } from '../../core/mask/tiles.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';

/**
 * Messages between the engine and the suggestion process. Both belong to this program, so types suffice.
 */

/** Region of an image, and the teacher for its features. */
export interface FeatureRequest {
  readonly image: ImagePlace & { readonly width: number; readonly height: number };
  readonly preparation: WrittenPreparation;
  /** File of the teacher, and a key that distinguishes it from another one at the same path. */
  readonly teacher: {
    readonly file: string;
    readonly sha256: string;
    /** The user's corrections of the teacher's properties. */
    readonly overrides?: TeacherOverrides;
  };
  /** Region in px of the image, within it. */
  readonly region: MaskRegion;
}

export interface SuggestRequest extends FeatureRequest {
  readonly level: number;
  /** Mask values of the project's classes. */
  readonly known: readonly number[];
  /** Saved mask, if it is used for training too. */
  readonly mask: readonly MaskTile[];
  readonly strokes: readonly MaskTile[];
}

/** Progress over the tiles of the teacher's input. */
export interface FeatureProgress {
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | null;
}

export type SuggestOrder =
  | { readonly kind: 'look'; readonly id: number; readonly request: FeatureRequest }
  | { readonly kind: 'suggest'; readonly id: number; readonly request: SuggestRequest }
  | { readonly kind: 'abort'; readonly id: number };

export type SuggestMessage =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: FeatureProgress }
  | { readonly kind: 'result'; readonly id: number; readonly result: Suggestion | null }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure };
