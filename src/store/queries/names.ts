/** Names as people look for them and expect them in order. */

/** Without case, and with accents composed, as file systems differ in how they write them (é). */
export function foldedName(name: string): string {
  return name.toLowerCase().normalize('NFC');
}

/**
 * A text whose code point order is the natural order of names: numbers by value (`2` before `10`), no
 * case, a folder's content before that of folders whose names only begin alike.
 */
export function naturalKey(name: string): string {
  return foldedName(name)
    .replaceAll('/', '\u0001')
    .replace(/\d+/g, (digits) => {
      const value = digits.replace(/^0+(?=\d)/, '');
      // The number of digits first; a name's part has fewer than 1000.
      return String(value.length).padStart(3, '0') + value;
    });
}
