/**
 * Run-length coding of values: a value, then its count, seven bits per byte and the lowest first
 * (LEB128). A stroke takes a few hundred bytes instead of a tile's 256 KiB.
 */

export function encodeRuns(values: Uint8Array): Uint8Array {
  let out = new Uint8Array(256);
  let length = 0;
  const count = values.length;
  const words = asInt32(values);
  const whole = words.length;
  for (let at = 0; at < count;) {
    const value = values[at] ?? 0;
    const word = Math.imul(value, 0x01010101);
    let end = at + 1;
    while (end < count && values[end] === value) {
      end++;
      if ((end & 3) !== 0) continue;
      let next = end >> 2;
      while (next < whole && words[next] === word) next++;
      end = next << 2;
    }
    // A value takes one byte, and a length up to five.
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

/** Views four values as one number, so that long runs are found four times as fast; empty if memory is not aligned. */
function asInt32({ buffer, byteOffset, length }: Uint8Array): Int32Array {
  if (byteOffset % 4 !== 0) return new Int32Array();
  return new Int32Array(buffer, byteOffset, Math.floor(length / 4));
}

/**
 * Replaces the values of coded runs.
 *
 * @param values new value of each value; 256 entries
 */
export function replaceInRuns(coded: Uint8Array, values: Uint8Array): Uint8Array {
  const out = coded.slice();
  for (let at = 0; at < coded.length; at++) {
    out[at] = values[coded[at] ?? 0] ?? 0;
    // The bytes of a length follow its value; the last is below 128.
    do at++;
    while ((coded[at] ?? 0) > 127);
  }
  return out;
}

/**
 * Counts all coded values, and those of each value except background, so that the classes of a tile are known
 * without its pixels. Terminates for any bytes; `length` shows whether they are complete.
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

/** Emits every run of coded values: from, to (exclusive), value. */
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
