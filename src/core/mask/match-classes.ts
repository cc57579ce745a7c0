import { backgroundName, ignoreName } from './class-names.ts';

/** Classes of a label file and those of a project, by their names. */

export interface NamedInFile {
  /** Null: the file has a number or a colour alone. */
  readonly name: string | null;
}

export interface NamedInProject {
  readonly id: number;
  readonly name: string;
}

/** What is proposed for a class; null where only a person can tell. */
export type ProposedTarget =
  { readonly class: number } | { readonly create: string } | 'background' | 'ignore' | null;

/**
 * Two names that people take for the same: case, spaces, marks between words and ways of writing letters
 * aside. A mark at the end means something: “CD4-” is not “CD4”.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replace(/(?<=[^\s_-])[\s_-]+(?=[^\s_-])/g, '');
}

/**
 * Proposes for each class the project's class of its name, else a new one. A class without a name, and one
 * whose name fits several of the project, are asked. Names that say that nothing is
 * known are ignored, and those of the background become it.
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
