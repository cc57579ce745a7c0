/**
 * Names that lists of classes keep for what is no class: “background” for the value 0, “ignore” for 255.
 * labelme writes them with underscores around.
 */

export const backgroundName = /^_*background_*$/i;
export const ignoreName = /^_*(?:ignored?|void|unlabell?ed)_*$/i;

const reserved = [
  { word: 'background', name: backgroundName, means: 'that there is nothing (the value 0)' },
  { word: 'ignore', name: /^_*ignore_*$/i, means: 'that nothing is known (the value 255)' },
] as const;

/** What a name says in a list of classes where it is no class; null: it may be a class's. */
export function reservedWord(name: string): 'background' | 'ignore' | null {
  return reserved.find((one) => one.name.test(name.trim()))?.word ?? null;
}

/** Why a name cannot be that of a class of masks, as a sentence; null: it can. */
export function whyReserved(name: string): string | null {
  const found = reserved.find((one) => one.name.test(name.trim()));
  if (found === undefined) return null;
  return `“${name.trim()}” cannot be the name of a class of masks: in lists of classes it says ${found.means}.`;
}

/** Classes of one source; values of masks are no more. */
export const classLimit = 254;
