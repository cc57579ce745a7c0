/** Part of a JPEG stream up to its first scan (ITU T.81, B.1.1.3). */
export interface JpegSegment {
  /** The second byte of its marker. */
  readonly marker: number;
  /** Offset of its marker in the stream. */
  readonly start: number;
  /** Content without marker and length; cut short if the stream is. */
  readonly body: Uint8Array;
}

export const startOfScan = 0xda;
const startOfImage = 0xd8;
const endOfImage = 0xd9;

/**
 * Returns the segments from the start of a stream to its first scan, inclusive. Stops early at the end of the stream or
 * at anything that is not a segment; empty if it is not a JPEG.
 */
export function* jpegSegments(bytes: Uint8Array): Generator<JpegSegment, void> {
  if (bytes[0] !== 0xff || bytes[1] !== startOfImage) return;
  for (let start = 2; start + 4 <= bytes.length;) {
    const marker = bytes[start + 1] ?? 0;
    if (bytes[start] !== 0xff || marker === endOfImage) return;
    if (marker === 0xff) {
      // Fill bytes are allowed before any marker.
      start += 1;
      continue;
    }
    const length = (bytes[start + 2] ?? 0) * 256 + (bytes[start + 3] ?? 0);
    if (length < 2) return;
    yield { marker, start, body: bytes.subarray(start + 4, start + 2 + length) };
    if (marker === startOfScan) return;
    start += 2 + length;
  }
}

/** SOF0 to SOF15, except for the three codes among them that are tables or reserved. */
export function isStartOfFrame(marker: number): boolean {
  return (marker & 0xf0) === 0xc0 && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Content of a start of frame (B.2.2). */
export interface JpegFrame {
  /** Bits of a value. */
  readonly precision: number;
  /** px. */
  readonly width: number;
  /** 0 if the height is stated only after the first scan. */
  readonly height: number;
  /** Identifiers of the components. */
  readonly components: readonly number[];
}

/** @returns undefined if the segment is shorter than it states */
export function jpegFrame(body: Uint8Array): JpegFrame | undefined {
  const [precision = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, count = 0] =
    body;
  if (body.length < 6 + 3 * count) return undefined;
  return {
    precision,
    width: widthHigh * 256 + widthLow,
    height: heightHigh * 256 + heightLow,
    components: Array.from({ length: count }, (_, i) => body[6 + 3 * i] ?? 0),
  };
}
