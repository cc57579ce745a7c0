import { bmpText } from '../../../text/index.ts';
import { invalidBmp, type BmpHeader } from './bmp-header.ts';

/** Number of pixels up to which an image may have any number of codes. */
const freePixels = 2 ** 24;
/** Maximum number of pixels that a code of two bytes draws. */
const longestRun = 255;

/**
 * Rejects large images with implausibly few codes: 80 bytes could otherwise ask for 400 million pixels.
 *
 * @param size of the file, bytes. @throws UserError 'invalid-file'
 */
export function requireRuns(
  size: number,
  { width, height, offset, isRunLength }: BmpHeader,
  path: string,
): void {
  const drawn = (longestRun * Math.max(0, size - offset)) / 2;
  if (!isRunLength || width * height <= Math.max(freePixels, drawn)) return;
  throw invalidBmp(path, bmpText.tooFewBytes(size, { width, height }));
}

/**
 * Undoes run-length coding of 4 or 8 bits (Microsoft, "Bitmap Compression"). Pixels that the file skips have index 0;
 * pixels beyond the end of a row are dropped, as in other readers.
 *
 * @returns (height, width) palette indices, the top row first
 * @throws UserError 'invalid-file' if the codes end before the image does
 */
export function unpackRuns(bytes: Buffer, header: BmpHeader, path: string): Uint8Array {
  const { width, height, isTopDown } = header;
  const indices = new Uint8Array(width * height);
  const isHalf = header.bits === 4;
  let [x, y] = [0, 0];
  const put = (index: number): void => {
    if (x < width && y < height) indices[(isTopDown ? y : height - 1 - y) * width + x] = index;
    x++;
  };
  let at = header.offset;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw invalidBmp(path, bmpText.cutShort);
    return byte;
  };
  const half = (byte: number, position: number): number =>
    position % 2 === 0 ? byte >> 4 : byte & 15;

  // Every code takes two bytes or more, so this ends. Some writers omit the last code.
  while (y < height && !(y === height - 1 && x >= width && at >= bytes.length)) {
    const count = next();
    const code = next();
    if (count > 0) {
      for (let n = 0; n < count; n++) put(isHalf ? half(code, n) : code);
    } else if (code === 0) {
      [x, y] = [0, y + 1];
    } else if (code === 1) {
      return indices;
    } else if (code === 2) {
      [x, y] = [x + next(), y + next()];
    } else {
      const length = isHalf ? Math.ceil(code / 2) : code;
      for (let n = 0; n < code; n++) {
        const byte = bytes[at + (isHalf ? Math.floor(n / 2) : n)];
        if (byte === undefined) throw invalidBmp(path, bmpText.cutShort);
        put(isHalf ? half(byte, n) : byte);
      }
      // Padded to whole words.
      at += length + (length % 2);
    }
  }
  return indices;
}
