/** Names and buttons of the window and of the dialogs around it. */
export const windowText = {
  app: 'Understudy',
  cancel: 'Cancel',
  copy: 'Copy',
  details: 'Details',
  workspaceFolder: 'Workspace folder',
};

/** Question when the window is closed during a run. */
export const closingText = {
  distilling: 'A student is being distilled.',
  choice:
    'If you pause, its progress is saved, and it continues when you open Understudy again; only a decoder that is being trained starts over. Without the window, it continues in the background; open Understudy again to see it.',
  pause: 'Pause and close',
  keepGoing: 'Continue without the window',
};

/** Page in place of the window's, when that fails. */
export const failurePageText = {
  none: 'The window works',
  stopped: 'The window stopped working',
  notLoaded: 'The window could not be loaded',
  reassurance:
    'Saved data is safe, and a run in progress continues. Reload to get the window back.',
  reload: 'Reload',
};
