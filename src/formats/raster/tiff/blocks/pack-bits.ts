/**
 * PackBits (TIFF 6.0, section 9): a byte n from 0 to 127 is followed by n + 1 bytes as they are; from
 * −127 to −1 by one byte that comes 1 − n times; −128 means nothing.
 *
 * @returns `length` bytes, or fewer if the input ends early
 */
export function decodePackBits(bytes: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(Math.min(length, bytes.length * 64));
  let written = 0;
  let at = 0;
  while (at < bytes.length && written < output.length) {
    const head = bytes[at++] ?? 0;
    if (head === 128) continue;
    if (head < 128) {
      const run = bytes.subarray(at, at + Math.min(head + 1, output.length - written));
      output.set(run, written);
      written += run.length;
      at += head + 1;
    } else if (at < bytes.length) {
      const end = Math.min(written + 257 - head, output.length);
      output.fill(bytes[at++] ?? 0, written, end);
      written = end;
    }
  }
  return output.subarray(0, written);
}
