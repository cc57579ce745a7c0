/** Names of keys that differ from their names in chords. */
export const keyNames: Readonly<Record<string, string>> = {
  PageUp: 'Page up',
  PageDown: 'Page down',
  Escape: 'Esc',
};
