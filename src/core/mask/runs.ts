/**
 * Run-length coding of values: a value, then how often it follows, seven bits a byte and the lowest first
 * (LEB128). What a stroke leaves is a few hundred bytes instead of a tile's 256 KiB.
 */

export function encodeRuns(values: Uint8Array): Uint8Array {
  let out = new Uint8Array(256);
  let length = 0;
  const count = values.length;
  const fours = foursOf(values);
  const whole = fours.length;
  for (let at = 0; at < count;) {
    const value = values[at] ?? 0;
    const four = Math.imul(value, 0x01010101);
    let end = at + 1;
    while (end < count && values[end] === value) {
      end++;
      if ((end & 3) !== 0) continue;
      let next = end >> 2;
      while (next < whole && fours[next] === four) next++;
      end = next << 2;
    }
    // A value, and a length of up to five bytes.
    if (length + 6 > out.length) {
      const larger = new Uint8Array(2 * out.length);
      larger.set(out);
      out = larger;
    }
    out[length++] = value;
    let left = end - at;
    for (; left > 127; left = Math.floor(left / 128)) out[length++] = (left % 128) | 128;
    out[length++] = left;
    at = end;
  }
  return out.slice(0, length);
}

/** Four values in one, so that long runs are seen four times as fast; none where memory does not allow it. */
function foursOf({ buffer, byteOffset, length }: Uint8Array): Int32Array {
  if (byteOffset % 4 !== 0) return new Int32Array();
  return new Int32Array(buffer, byteOffset, Math.floor(length / 4));
}

/**
 * The same runs of other values.
 *
 * @param values by value, what it becomes; 256 of them
 */
export function replaceInRuns(coded: Uint8Array, values: Uint8Array): Uint8Array {
  const out = coded.slice();
  for (let at = 0; at < coded.length; at++) {
    out[at] = values[coded[at] ?? 0] ?? 0;
    // Behind a value, the bytes of its length: the last is below 128.
    do at++;
    while ((coded[at] ?? 0) > 127);
  }
  return out;
}

/**
 * How many values are coded, and how many there are of each, background left out: what a tile has is known
 * without its pixels. Whatever the bytes are, this ends; `length` says whether they code what they should.
 */
export function countRuns(coded: Uint8Array): { length: number; counts: Map<number, number> } {
  const counts = new Map<number, number>();
  let length = 0;
  decodeRuns(coded, (from, to, value) => {
    length = to;
    if (value !== 0 && to > from) counts.set(value, (counts.get(value) ?? 0) + to - from);
  });
  return { length, counts };
}

/** Gives every run of coded values: from, to (not in it), value. */
export function decodeRuns(
  coded: Uint8Array,
  take: (from: number, to: number, value: number) => void,
): void {
  let from = 0;
  for (let at = 0; at < coded.length;) {
    const value = coded[at++] ?? 0;
    let count = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = coded[at++] ?? 0;
      count += (byte & 127) * scale;
      if (byte < 128) break;
    }
    take(from, from + count, value);
    from += count;
  }
}
