/**
 * Bytes of memory that V8 takes for what a mark of JSON stands for: an array and its list of values, an object,
 * a place in either, and half of a text (its other half comes with the closing quote). A pair of numbers in an
 * array, as outlines are full of, comes to 72.
 */
const arrayBytes = 56;
const objectBytes = 64;
const placeBytes = 16;
const quoteBytes = 16;

const [openArray, openObject, comma, quote, backslash] = [0x5b, 0x7b, 0x2c, 0x22, 0x5c];

/**
 * About how much memory the values of a JSON text take once it is parsed, besides the text. A file of 250 MB may
 * come to 300 MB or to 5 GB, and the parser cannot be stopped half way, so this is found out before. Marks within
 * texts are not counted.
 *
 * @param bytes UTF-8. @returns bytes
 */
export function jsonCost(bytes: Uint8Array): number {
  let cost = 0;
  const { length } = bytes;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at];
    if (byte === comma) {
      cost += placeBytes;
    } else if (byte === openArray) {
      cost += arrayBytes;
    } else if (byte === openObject) {
      cost += objectBytes;
    } else if (byte === quote) {
      const start = at;
      for (at++; at < length && bytes[at] !== quote; at++) if (bytes[at] === backslash) at++;
      cost += 2 * quoteBytes + (at - start);
    }
  }
  return cost;
}
