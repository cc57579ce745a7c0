/**
 * Colours for classes that colour-blind users can distinguish: Okabe and Ito's ("Color universal design", 2008)
 * without black, then Tol's muted set (SRON/EPS/TN/09-002, 2021). A name is always shown with each colour.
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

/** Returns the first unused colour; once all are used, the palette repeats. */
export function nextColour(taken: readonly string[]): string {
  const free = classColours.find((colour) => !taken.includes(colour));
  return free ?? classColours[taken.length % classColours.length] ?? classColours[0];
}
