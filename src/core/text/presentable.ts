/** Greatest length of a message in characters; the longest of our own has about 600. */
const maxLength = 2000;
/** Length of the end that is kept when a message is shortened: it states what to do. */
const keptEnd = 400;

/** Characters that terminals obey: control characters except line feed, Unicode line ends, and changes of direction. */
const controlCharacters = /(?!\n)[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Replaces the characters that control a terminal, so that text from a file can be shown. */
function withoutControlCharacters(text: string): string {
  return text.replace(controlCharacters, '?');
}

/** Makes a message safe to show: text from files within it may have any length and any characters. */
export function presentable(message: string): string {
  const cut =
    message.length > maxLength
      ? `${message.slice(0, maxLength - keptEnd)} … ${message.slice(-keptEnd)}`
      : message;
  return withoutControlCharacters(cut);
}
