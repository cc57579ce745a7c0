const clearCode = 256;
const endCode = 257;
const firstFree = 258;
const tableSize = 4096;

/**
 * LZW as in TIFF 6.0, section 13: codes of 9 to 12 bits, the highest bit first, which grow one entry early. Decodes
 * until there are `length` bytes; further input is ignored.
 *
 * @returns fewer bytes if the input ends early
 * @throws Error for an impossible code, and for the bit order of files before 1988
 */
export function decodeLzw(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes[0] === 0 && ((bytes[1] ?? 0) & 1) === 1) throw new Error('LZW with reversed bits');
  // No code represents more bytes than there are entries, so a short input cannot expand to much.
  const output = new Uint8Array(Math.min(length, Math.ceil((bytes.length * 8) / 9) * tableSize));
  // An entry is a run of bytes written before: its start in the output, and its length.
  const starts = new Int32Array(tableSize);
  const lengths = new Int32Array(tableSize);
  let next = firstFree;
  let width = 9;
  let bits = 0;
  let bitCount = 0;
  let at = 0;
  let written = 0;
  let previous = -1;
  while (written < output.length) {
    while (bitCount < width && at < bytes.length) {
      bits = ((bits & 0xffff) << 8) | (bytes[at++] ?? 0);
      bitCount += 8;
    }
    if (bitCount < width) break;
    bitCount -= width;
    const code = (bits >> bitCount) & ((1 << width) - 1);
    if (code === endCode) break;
    if (code === clearCode) {
      next = firstFree;
      width = 9;
      previous = -1;
      continue;
    }
    const start = written;
    if (code < clearCode) {
      output[written++] = code;
    } else {
      if (previous < 0 || code > next || (code === next && next >= tableSize)) {
        throw new Error(`LZW code ${code} of ${next}`);
      }
      // The entry being made now is the previous run plus one byte, which is its own first.
      const isNew = code === next;
      const from = isNew ? previous : (starts[code] ?? 0);
      const count = isNew ? start - previous + 1 : (lengths[code] ?? 0);
      const end = Math.min(start + count, output.length);
      // Byte by byte: the run may overlap what it writes.
      for (let source = from; written < end; source++) output[written++] = output[source] ?? 0;
    }
    if (previous >= 0 && next < tableSize) {
      starts[next] = previous;
      lengths[next] = start - previous + 1;
      next++;
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    previous = start;
  }
  return output.subarray(0, written);
}
