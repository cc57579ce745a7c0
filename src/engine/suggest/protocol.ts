import type { Failure } from '../../contract/app.ts';
import type { TeacherOverrides, WrittenPreparation } from '../../contract/jobs.ts';
import type { MaskRegion, MaskTile, Suggestion } from '../../contract/masks.ts';
import type { ImagePlace } from '../../formats/labelled-images.ts';

/**
 * What the engine and the process that suggests say to each other. Both are this program, so types are
 * enough.
 */

/** Where to look, and with what. */
export interface LookRequest {
  readonly image: ImagePlace & { readonly width: number; readonly height: number };
  readonly preparation: WrittenPreparation;
  /** File of the teacher, and what tells it from another one there. */
  readonly teacher: {
    readonly file: string;
    readonly sha256: string;
    /** What a person corrected of it. */
    readonly overrides?: TeacherOverrides;
  };
  /** In px of the image, within it. */
  readonly region: MaskRegion;
}

export interface SuggestRequest extends LookRequest {
  readonly level: number;
  /** Values that classes of the project have. */
  readonly known: readonly number[];
  /** What is saved, where it teaches too. */
  readonly mask: readonly MaskTile[];
  readonly strokes: readonly MaskTile[];
}

/** Tiles of the teacher's input that are still to be looked at. */
export interface LookProgress {
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | null;
}

export type SuggestOrder =
  | { readonly kind: 'look'; readonly id: number; readonly request: LookRequest }
  | { readonly kind: 'suggest'; readonly id: number; readonly request: SuggestRequest }
  | { readonly kind: 'abort'; readonly id: number };

export type SuggestMessage =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: LookProgress }
  | { readonly kind: 'result'; readonly id: number; readonly result: Suggestion | null }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure };
