/** Characters of a message, at most; the longest of our own has about 600. */
const longest = 2000;
/** The end of a message says what to do, so it is kept. */
const keptEnd = 400;

/** What terminals obey: control characters but for the line feed, line ends of Unicode, and changes of direction. */
const steering = /(?!\n)[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** Text from a file as it may be shown: without characters that steer a terminal. */
function withoutSteering(text: string): string {
  return text.replace(steering, '?');
}

/** A message as it may be shown: texts from files in it may be of any length and hold any character. */
export function presentable(message: string): string {
  const cut =
    message.length > longest
      ? `${message.slice(0, longest - keptEnd)} … ${message.slice(-keptEnd)}`
      : message;
  return withoutSteering(cut);
}
