/**
 * Compares texts by code point, with the same result on every machine and in every language. JavaScript's own `<`
 * compares UTF-16 units, which puts characters beyond U+FFFF before some below it.
 */
export function compareCodePoints(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) {
      return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0);
    }
  }
  return a.length - b.length;
}
