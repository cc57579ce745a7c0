/**
 * Names reserved in lists of classes: “background” for the value 0, “ignore” for 255.
 * labelme writes them with underscores around.
 */

export const backgroundName = /^_*background_*$/i;
export const ignoreName = /^_*(?:ignored?|void|unlabell?ed)_*$/i;

const reserved = [
  { word: 'background', name: backgroundName, means: 'the background (the value 0)' },
  { word: 'ignore', name: /^_*ignore_*$/i, means: 'unknown pixels (the value 255)' },
] as const;

/** Reserved meaning of a name in a list of classes; null if it may name a class. */
export function reservedWord(name: string): 'background' | 'ignore' | null {
  return reserved.find((one) => one.name.test(name.trim()))?.word ?? null;
}

/** Explains in a sentence why a name cannot be that of a class of masks; null if it can. */
export function reservedNameProblem(name: string): string | null {
  const found = reserved.find((one) => one.name.test(name.trim()));
  if (found === undefined) return null;
  return `“${name.trim()}” cannot be the name of a class of masks: lists of classes reserve it for ${found.means}.`;
}

/** Largest number of classes of one source: masks have no more values. */
export const classLimit = 254;
