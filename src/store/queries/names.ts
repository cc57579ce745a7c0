/** Forms of names for searching and sorting as users expect. */

/** Returns the lower-case form with composed accents, since file systems store them differently (é). */
export function foldedName(name: string): string {
  return name.toLowerCase().normalize('NFC');
}

/**
 * Returns the sort key of a name whose code point order is natural order: numbers by value (`2` before `10`), without
 * case, a folder's content before that of folders whose names begin with its name.
 */
export function naturalKey(name: string): string {
  return foldedName(name)
    .replaceAll('/', '\u0001')
    .replace(/\d+/g, (digits) => {
      const value = digits.replace(/^0+(?=\d)/, '');
      // The number of digits comes first; a part of a file name has fewer than 1000.
      return String(value.length).padStart(3, '0') + value;
    });
}
