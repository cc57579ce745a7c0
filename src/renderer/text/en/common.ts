import { ordinal } from '../../lib/format.ts';

/** Text used in several places. */
export const common = {
  app: 'Understudy',
  cancel: 'Cancel',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',
  details: 'Details',
  dismiss: 'Dismiss',
  undo: 'Undo',
  redo: 'Redo',
  /** Name of a student by the blocks that it keeps of its teacher. */
  student: (kept: number, depth: number, skip: number | null) =>
    skip === null
      ? `${kept} of ${depth} blocks`
      : `${kept} of ${depth} blocks, every ${ordinal(skip)}`,
};
