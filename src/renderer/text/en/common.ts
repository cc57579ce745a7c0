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
  more: 'More',
  saved: 'Saved',
};
