import { backgroundName, ignoreName } from './class-names.ts';

/** Matching of a label file's classes to those of a project by name. */

export interface NamedInFile {
  /** Name of the class; null if the file has only a number or a colour. */
  readonly name: string | null;
}

export interface NamedInProject {
  readonly id: number;
  readonly name: string;
}

/** Proposed target of a class; null if the user must decide. */
export type ProposedTarget =
  | { readonly class: number }
  | { readonly create: string }
  | 'background'
  | 'ignore'
  | null;

/**
 * Normalises a name so that names which users consider equal compare equal: case, spaces, separators between words and
 * Unicode forms do not matter. A mark at the end is significant: “CD4-” is not “CD4”.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replace(/(?<=[^\s_-])[\s_-]+(?=[^\s_-])/g, '');
}

/**
 * Proposes for each class the project's class of the same name, or else a new one. A class without a name, and one
 * whose name matches several classes of the project, are left to the user. Names for unknown pixels become 'ignore',
 * and those for the background become 'background'.
 */
export function proposeTargets(
  inFile: readonly NamedInFile[],
  inProject: readonly NamedInProject[],
): ProposedTarget[] {
  const created = new Map<string, string>();
  return inFile.map(({ name }) => {
    if (name === null) return null;
    const exact = inProject.find((one) => one.name === name);
    const folded = foldName(name);
    const similar = inProject.filter((one) => foldName(one.name) === folded);
    const [only, another] = exact ? [exact] : similar;
    if (only !== undefined) return another === undefined ? { class: only.id } : null;
    if (ignoreName.test(name)) return 'ignore';
    if (backgroundName.test(name)) return 'background';
    const create = created.get(folded) ?? name;
    created.set(folded, create);
    return { create };
  });
}
