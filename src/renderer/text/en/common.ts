import { ordinal } from '../../lib/format.ts';
import { menuText, windowText } from '../../../text/index.ts';

/** Text used in several places. */
export const common = {
  ...windowText,
  close: 'Close',
  copied: 'Copied',
  dismiss: 'Dismiss',
  undo: menuText.undo,
  redo: menuText.redo,
  /** Name of a student by the blocks that it keeps of its teacher. */
  student: (kept: number, depth: number, skip: number | null) =>
    skip === null
      ? `${kept} of ${depth} blocks`
      : `${kept} of ${depth} blocks, every ${ordinal(skip)}`,
};
