/**
 * Colours for classes that colour-blind eyes tell apart: Okabe and Ito's ("Color universal design", 2008)
 * without black, then Tol's muted set (SRON/EPS/TN/09-002, 2021). They are never alone: a name stands
 * beside each.
 */
export const classColours = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#0072b2',
  '#d55e00',
  '#cc79a7',
  '#cc6677',
  '#332288',
  '#ddcc77',
  '#117733',
  '#88ccee',
  '#882255',
  '#44aa99',
  '#999933',
  '#aa4499',
] as const;

/** The first colour that is not taken, or once all are, the next one round. */
export function nextColour(taken: readonly string[]): string {
  const free = classColours.find((colour) => !taken.includes(colour));
  return free ?? classColours[taken.length % classColours.length] ?? classColours[0];
}
