import { isStartOfFrame, jpegFrame, jpegSegments, startOfScan } from '../jpeg-segments.ts';

/** Facts about an ordinary JPEG that are needed before it is decoded. */
export interface PlainJpeg {
  readonly width: number;
  readonly height: number;
  readonly bands: 1 | 3;
  readonly isProgressive: boolean;
}

const exif = 0xe1;
const progressive = 0xc2;

/**
 * Reads the header of an ordinary JPEG: eight bits, grey or three colours, and no orientation tag. Training reads many
 * small ones, for which asking the decoder first takes a quarter of the decoding time.
 *
 * @returns null for all others, which are left to the decoder
 */
export function plainJpeg(bytes: Uint8Array): PlainJpeg | null {
  let plain: PlainJpeg | null = null;
  for (const { marker, body } of jpegSegments(bytes)) {
    if (marker === startOfScan) return plain;
    if (marker === exif) return null;
    if (!isStartOfFrame(marker)) continue;
    if (plain !== null || marker > progressive) return null;
    const frame = plainFrame(body);
    if (frame === null) return null;
    plain = { ...frame, isProgressive: marker === progressive };
  }
  return null;
}

function plainFrame(body: Uint8Array): Omit<PlainJpeg, 'isProgressive'> | null {
  const frame = jpegFrame(body);
  if (frame?.precision !== 8 || frame.width === 0 || frame.height === 0) return null;
  const { width, height, components } = frame;
  const bands = components.length;
  return bands === 1 || bands === 3 ? { width, height, bands } : null;
}
