import { ordinal } from '../../lib/format.ts';

/** Words that recur. */
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
  /** A student, by what it keeps of its teacher. */
  student: (kept: number, depth: number, skip: number | null) =>
    skip === null
      ? `${kept} of ${depth} blocks`
      : `${kept} of ${depth} blocks, every ${ordinal(skip)}`,
};
