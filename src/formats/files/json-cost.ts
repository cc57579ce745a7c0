/**
 * Memory that V8 takes for what each punctuation mark of JSON stands for, bytes: an array and its list of values, an
 * object, a slot in either, and half of a string (its closing quote adds the other half). A pair of numbers in an
 * array, as in outlines, adds up to 72.
 */
const arrayBytes = 56;
const objectBytes = 64;
const placeBytes = 16;
const quoteBytes = 16;

const [openArray, openObject, comma, quote, backslash] = [0x5b, 0x7b, 0x2c, 0x22, 0x5c];

/**
 * Estimates how much memory the values of a JSON text take once it is parsed, in addition to the text. A file of 250 MB
 * may need 300 MB or 5 GB, and the parser cannot be stopped half way, so this is estimated first. Punctuation inside
 * strings is not counted.
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
