/**
 * Elements of the XML in TIFF fields, found in one pass through the text: a regular expression would restart at each
 * `<`, and a parser would refuse the unclosed XML that some programs write.
 */

export interface XmlElement {
  readonly attributes: ReadonlyMap<string, string>;
  /** Text from the start tag to the next tag, as written. */
  readonly text: string;
}

/** Maximum number of characters of a start tag; no attribute that is read here needs more. */
const longestTag = 65_536;
const letter = /[\w.:-]/;

/** Returns the start tags of that name, with any namespace, in order, each with the text after it. */
export function* xmlElements(xml: string, name: string): Generator<XmlElement> {
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at + 1)) {
    const word = wordFrom(xml, at + 1);
    if (word !== name && !word.endsWith(`:${name}`)) continue;
    const tagEnd = xml.indexOf('>', at);
    if (tagEnd < 0) return;
    const textEnd = xml.indexOf('<', tagEnd);
    const text = xml.slice(tagEnd + 1, textEnd < 0 ? xml.length : textEnd);
    if (tagEnd - at <= longestTag) yield { attributes: attributesOf(xml.slice(at, tagEnd)), text };
    at = tagEnd;
  }
}

function wordFrom(text: string, start: number): string {
  let end = start;
  while (end < text.length && letter.test(text.charAt(end))) end++;
  return text.slice(start, end);
}

/** The word before `end`, with blanks between, no further back than `start`. */
function wordBefore(text: string, end: number, start: number): string {
  let last = end;
  while (last > start && /\s/.test(text.charAt(last - 1))) last--;
  let first = last;
  while (first > start && letter.test(text.charAt(first - 1))) first--;
  return text.slice(first, last);
}

/** Returns the attributes of a tag; of repeated ones, the first. */
function attributesOf(tag: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let start = 0;
  for (let at = tag.indexOf('='); at >= 0; at = tag.indexOf('=', start)) {
    const name = wordBefore(tag, at, start);
    let open = at + 1;
    while (/\s/.test(tag.charAt(open))) open++;
    const mark = tag.charAt(open);
    start = at + 1;
    if (mark !== '"' && mark !== "'") continue;
    const close = tag.indexOf(mark, open + 1);
    if (close < 0) break;
    if (!attributes.has(name)) attributes.set(name, tag.slice(open + 1, close));
    start = close + 1;
  }
  return attributes;
}
