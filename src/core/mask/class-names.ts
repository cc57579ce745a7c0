import { classNameText } from '../../text/index.ts';

/**
 * Names reserved in lists of classes: “background” for the value 0, “ignore” for 255.
 * labelme writes them with underscores around.
 */

export const backgroundName = /^_*background_*$/i;
export const ignoreName = /^_*(?:ignored?|void|unlabell?ed)_*$/i;

const reserved = [
  { word: 'background', name: backgroundName, reserves: classNameText.isBackground },
  { word: 'ignore', name: /^_*ignore_*$/i, reserves: classNameText.isIgnore },
] as const;

/** Reserved meaning of a name in a list of classes; null if it may name a class. */
export function reservedWord(name: string): 'background' | 'ignore' | null {
  return reserved.find((one) => one.name.test(name.trim()))?.word ?? null;
}

/** Explains in a sentence why a name cannot be that of a class of masks; null if it can. */
export function reservedNameProblem(name: string): string | null {
  const found = reserved.find((one) => one.name.test(name.trim()));
  if (found === undefined) return null;
  return found.reserves(name.trim());
}

/** Largest number of classes of one source: masks have no more values. */
export const classLimit = 254;
