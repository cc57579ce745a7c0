/** Reading texts from files in linear time, where a regular expression would take longer. */

/**
 * A text without the characters at its end that `dropped` matches.
 *
 * @param dropped an expression for one character, without the flag `g`
 */
export function withoutEnd(text: string, dropped: RegExp): string {
  let end = text.length;
  while (end > 0 && dropped.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** A text without a pair of equal quotation marks, `"` or `'`, around it. */
export function unquoted(text: string): string {
  const first = text.charAt(0);
  const isQuoted = text.length >= 2 && (first === '"' || first === "'") && text.endsWith(first);
  return isQuoted ? text.slice(1, -1) : text;
}
