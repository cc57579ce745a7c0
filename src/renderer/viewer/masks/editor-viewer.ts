import type { MaskState } from '../../../contract/masks.ts';
import type { Direction } from '../../lib/history.ts';
import type { ShownValues } from './edits/painter.ts';

/** Viewer that a mask editor works with. */
export interface EditorViewer {
  /** Shows another image; false if it was removed, null if it cannot be shown now. */
  goTo(image: number): Promise<boolean | null>;
  /** Completes the current stroke or open polygon. */
  settle(): void;
  /** Removes the last part of an open polygon; false if there is none. */
  stepBack(): boolean;
  /** Called when a mask was marked as done or draft, by the user or by undo or redo (`step`); `before` reverts it. */
  marked(image: number, before: MaskState, step?: Direction): void;
  /** Displayed values of the open image; undefined while unknown. */
  shown(): ShownValues | undefined;
}
