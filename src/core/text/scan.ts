/** Functions that read text from files in linear time, where a regular expression would take longer. */

/**
 * Removes the characters at the end of a text that `dropped` matches.
 *
 * @param dropped expression for one character, without the flag `g`
 */
export function withoutEnd(text: string, dropped: RegExp): string {
  let end = text.length;
  while (end > 0 && dropped.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Removes a pair of equal quotation marks, `"` or `'`, around a text. */
export function unquoted(text: string): string {
  const first = text.charAt(0);
  const isQuoted = text.length >= 2 && (first === '"' || first === "'") && text.endsWith(first);
  return isQuoted ? text.slice(1, -1) : text;
}
