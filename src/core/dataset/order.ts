/**
 * Orders texts by code point, the same on every machine and in every language. JavaScript's own `<`
 * goes by UTF-16 units and puts characters beyond U+FFFF before some within.
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
