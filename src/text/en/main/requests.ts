/** Text about requests of the window that are refused before the engine sees them, or fail. */
export const windowRequestText = {
  withoutNumber: 'The window sent a request without a number.',
  notAllowed: 'This page may not send this request.',
  failed: 'The request failed. Open the log for details.',
  placeNotChosen: 'Nothing was saved: the file was not chosen in the dialog. Choose it again.',
};
