import type { MaskState } from '../../../contract/masks.ts';
import type { Direction } from '../../lib/history.ts';
import type { ShownValues } from './painter.ts';

/** The viewer in which images are looked at. */
export interface DeskViewer {
  /** Shows another image; false if it is gone, null if it cannot be shown now. */
  goTo(image: number): Promise<boolean | null>;
  /** Ends a stroke that is being drawn. */
  finishStroke(): void;
  /** A mask was said to be done, or not, or a step did so; `before` undoes that. */
  marked(image: number, before: MaskState, step?: Direction): void;
  /** What is shown of the open image; undefined while that is not known. */
  shown(): ShownValues | undefined;
}
