/**
 * Run-length coding of values: a value, then how often it follows, seven bits a byte and the lowest first
 * (LEB128). What a stroke leaves is a few hundred bytes instead of a tile's 256 KiB.
 */

/** Codes `count` values, the n-th of which `valueOf` gives. */
export function encodeRuns(count: number, valueOf: (index: number) => number): Uint8Array {
  let out = new Uint8Array(64);
  let length = 0;
  const write = (byte: number): void => {
    if (length === out.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(out);
      out = larger;
    }
    out[length++] = byte;
  };
  for (let at = 0; at < count;) {
    const value = valueOf(at);
    let end = at + 1;
    while (end < count && valueOf(end) === value) end++;
    write(value);
    let left = end - at;
    for (; left > 127; left = Math.floor(left / 128)) write((left % 128) | 128);
    write(left);
    at = end;
  }
  return out.slice(0, length);
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
