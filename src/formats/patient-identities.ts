import type { ImageHeader } from './raster/image-file.ts';

/** Number of images in a file, and the identifiers that hold them together. */
export type FileFrames = Pick<ImageHeader, 'frames' | 'grouping'>;

/**
 * Values that anonymisers write in place of a patient's number: the same for everybody. A word with digits, such as
 * `ANON001`, is a pseudonym: taking it for a placeholder would put one patient's studies on both sides.
 */
const placeholder =
  /^(?:anon[\p{L}_]*|de-?identified|removed|unknown|none|n\/?a|patient|subject|test|x+|0+|-+)?$/iu;

/**
 * Finds the patient of each file: by number, else by name and date of birth, else by the examination or series whose
 * images belong together. Numbers that differ only by case or width are one patient's. Two numbers remain two
 * patients, whatever else their files share.
 *
 * A file without a number has that of its series, else of its study, else of its person in another study. If there is
 * none, all files that share a series, study or person with it, also through other files, have one identity.
 *
 * @param isBegun returns true if images already have this identity as their group: files without a number keep it
 * @returns one per file, empty for files without identifiers
 */
export function identitiesOf(
  files: readonly (FileFrames | undefined)[],
  isBegun: (identity: string) => boolean = () => false,
): string[] {
  const links = files.map((file) => (file === undefined ? [] : linksOf(file)));
  const own = numbersOf(files);
  const byLink = leastByLink(links, own);
  const numbered = links.map((some, at) => own[at] ?? nearest(some, byLink));
  const shared = sharedIdentities(files, links, numbered);
  const persons = leastByLink(
    links,
    files.map((file, at) => (file && own[at] === undefined ? personOf(file) : undefined)),
  );
  return files.map((file, at) => {
    const number = numbered[at];
    if (file === undefined || number !== undefined) return number ?? '';
    const before = [examinationOf(file), nearest(links[at] ?? [], persons)];
    const begun = before.find((identity) => identity !== undefined && isBegun(identity));
    return begun ?? shared[at] ?? '';
  });
}

/** Keeps the first value in order, so that the result does not depend on the order of the files. */
export function keepLeast<K>(map: Map<K, string>, key: K, value: string): void {
  const known = map.get(key);
  if (known === undefined || value < known) map.set(key, value);
}

/** Returns the number stated by each file; one spelling of numbers that differ only by case or width. */
function numbersOf(files: readonly (FileFrames | undefined)[]): (string | undefined)[] {
  const stated = files.map((file) => file && patientNumber(file));
  const spellings = new Map<string, string>();
  for (const number of stated) {
    if (number !== undefined) keepLeast(spellings, plainly(number), number);
  }
  return stated.map((number) => number && spellings.get(plainly(number)));
}

/**
 * Finds one identity for all files without a number that are linked, also through each other: the least number of the
 * files that they share a link with, else their least person, study or series.
 */
function sharedIdentities(
  files: readonly (FileFrames | undefined)[],
  links: readonly (readonly string[])[],
  numbered: readonly (string | undefined)[],
): (string | undefined)[] {
  const byLink = leastByLink(links, numbered);
  const sets = new LinkSets();
  for (const [at, some] of links.entries()) {
    if (numbered[at] === undefined) sets.join(some);
  }
  /** Identity of each set, after the digit of its kind: a number comes before a person. */
  const identities = new Map<string, string>();
  for (const [at, file] of files.entries()) {
    const [some = [], grouping] = [links[at], file?.grouping];
    const [first] = some;
    if (file === undefined || first === undefined || numbered[at] !== undefined) continue;
    const numbers = some.map((link) => byLink.get(link));
    const kinds = [numbers, [personOf(file)], [grouping?.study], [grouping?.series]];
    for (const [kind, values] of kinds.entries()) {
      for (const value of values) {
        if (value != null) keepLeast(identities, sets.find(first), `${kind}${value}`);
      }
    }
  }
  return links.map(([first]) => first && identities.get(sets.find(first))?.slice(1));
}

/** Sets of linked identifiers (union–find). */
class LinkSets {
  /** Another link of the same set; absent for the one that stands for its set. */
  readonly #parents = new Map<string, string>();

  join([first, ...others]: readonly string[]): void {
    for (const other of others) {
      const [one, two] = [this.find(first ?? other), this.find(other)];
      if (one !== two) this.#parents.set(two, one);
    }
  }

  /** Returns the link that stands for the set of a link. */
  find(link: string): string {
    let root = link;
    for (;;) {
      const parent = this.#parents.get(root);
      if (parent === undefined) break;
      root = parent;
    }
    // Later searches are short, whatever the order of the files.
    for (let at = link; at !== root;) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }
}

/** Returns the least value of the files that have each link. */
function leastByLink(
  links: readonly (readonly string[])[],
  values: readonly (string | undefined)[],
): ReadonlyMap<string, string> {
  const least = new Map<string, string>();
  for (const [at, some] of links.entries()) {
    const value = values[at];
    if (value === undefined) continue;
    for (const link of some) keepLeast(least, link, value);
  }
  return least;
}

/** Returns the value of the first link that has one. */
function nearest(
  links: readonly string[],
  values: ReadonlyMap<string, string>,
): string | undefined {
  return links.map((link) => values.get(link)).find((value) => value !== undefined);
}

/** Returns a number without differences that programs introduce when writing files. */
function plainly(number: string): string {
  return number.normalize('NFKC').toLowerCase();
}

/** Returns what links a file to others, the nearest first: its series, its study, its person. */
function linksOf(file: FileFrames): string[] {
  const { grouping } = file;
  return [grouping?.series, grouping?.study, personOf(file)].flatMap((link) => link ?? []);
}

/** Returns the person's digest; no number and no UID has a NUL, so none of them is the same as a digest. */
function personOf({ grouping }: FileFrames): string | undefined {
  const person = grouping?.person ?? null;
  return person === null ? undefined : `name and date of birth\0${person}`;
}

/** Returns the patient's number; undefined if it is absent or a placeholder. */
function patientNumber({ grouping }: FileFrames): string | undefined {
  const number = grouping?.patient?.trim() ?? '';
  return placeholder.test(number) ? undefined : number;
}

function examinationOf({ grouping }: FileFrames): string | undefined {
  return grouping?.study ?? grouping?.series ?? undefined;
}
