import { dicomFrameText } from '../../../../text/index.ts';
import {
  isStartOfFrame,
  jpegFrame,
  jpegSegments,
  startOfScan,
  type JpegFrame,
} from '../../jpeg-segments.ts';
import { damaged } from '../faults.ts';

/** Image described by a JPEG or JPEG-LS codestream. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a value. */
  readonly precision: number;
  readonly components: number;
  /** Process by the start of frame: 0 baseline, 1 extended, 2 progressive, 3 lossless, 55 JPEG-LS. */
  readonly process: number;
  /** Colours stated by the codestream; null: none stated. */
  readonly colours: 'rgb' | 'ybr' | null;
  /** JPEG-LS: 0 planes, 1 lines, 2 pixels. */
  readonly interleave: number;
}

/** JPEG-LS has a start of frame of its own (SOF55). */
const startOfFrameLs = 0xf7;
const endOfImage = 0xd9;
/** Baseline and extended: the processes whose scans each hold all 64 coefficients. */
const lastSequential = 1;
/** Progressive encoders make about ten. */
const scanLimit = 64;

/** @throws DicomFault 'invalid-file' */
export function jpegHeader(bytes: Uint8Array): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw damaged(dicomFrameText.notJpeg);
  let hints: Hints = { isJfif: false, adobe: null };
  let frame: Frame | undefined;
  for (const { marker, body } of jpegSegments(bytes)) {
    if (isStartOfFrame(marker) || marker === startOfFrameLs) frame = readFrame(marker, body);
    else if (marker === startOfScan && frame !== undefined) {
      checkScans(bytes);
      if (frame.process <= lastSequential) checkSequential(body);
      // Number of components, two bytes for each, then JPEG-LS's NEAR and its interleave mode.
      const { width, height, precision, components } = frame.said;
      return {
        width,
        height,
        precision,
        components: components.length,
        process: frame.process,
        ...coloursOf(components, hints),
        interleave: body[2 * (body[0] ?? 0) + 2] ?? 0,
      };
    }
    hints = withHint(hints, marker, body);
  }
  throw damaged(dicomFrameText.jpegWithoutImage);
}

interface Frame {
  readonly process: number;
  readonly said: JpegFrame;
}

function readFrame(marker: number, body: Uint8Array): Frame {
  const said = jpegFrame(body);
  if (said === undefined) throw damaged(dicomFrameText.jpegHeader);
  return { process: marker - 0xc0, said };
}

interface Hints {
  readonly isJfif: boolean;
  /** Transform of the Adobe marker: 0 none, 1 YCbCr. */
  readonly adobe: number | null;
}

function withHint(hints: Hints, marker: number, body: Uint8Array): Hints {
  const begins = (letters: string): boolean =>
    String.fromCharCode(...body.subarray(0, letters.length)) === letters;
  if (marker === 0xe0 && begins('JFIF\0')) return { ...hints, isJfif: true };
  if (marker === 0xee && begins('Adobe')) return { ...hints, adobe: body[11] ?? null };
  return hints;
}

/** Components named R, G and B are these colours; otherwise a JFIF or Adobe marker states the colour space. */
function coloursOf(ids: readonly number[], { isJfif, adobe }: Hints): Pick<JpegHeader, 'colours'> {
  const letters = String.fromCharCode(...ids).toUpperCase();
  if (letters === 'RGB') return { colours: 'rgb' };
  if (adobe !== null) return { colours: adobe === 0 ? 'rgb' : 'ybr' };
  return { colours: isJfif ? 'ybr' : null };
}

/**
 * Refuses a sequential scan that does not cover all coefficients (ITU T.81, B.2.3). Some decoders guess the rest;
 * readers used in hospitals do not, and guessed values are not data.
 */
function checkSequential(scan: Uint8Array): void {
  const [first, last, bits] = scan.subarray(1 + 2 * (scan[0] ?? 0));
  if (first === 0 && last === 63 && bits === 0) return;
  throw damaged(dicomFrameText.jpegScan);
}

/**
 * Decoders fill an image without an end with grey, so its end is checked; and each scan covers the whole image, so a
 * small file could keep them busy for hours.
 */
function checkScans(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!buffer.includes(Buffer.from([0xff, endOfImage]))) {
    throw damaged(dicomFrameText.jpegCutShort);
  }
  const scan = Buffer.from([0xff, startOfScan]);
  let count = 0;
  for (let at = buffer.indexOf(scan); at >= 0; at = buffer.indexOf(scan, at + 2)) count++;
  if (count > scanLimit) throw damaged(dicomFrameText.jpegScans(count));
}
