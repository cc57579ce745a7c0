import { damaged } from './faults.ts';

/** What a JPEG or JPEG-LS codestream says of its picture. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** Bits of a value. */
  readonly precision: number;
  readonly components: number;
  /** Of the start of frame: 0 baseline, 1 extended, 2 progressive, 3 lossless, 55 JPEG-LS. */
  readonly process: number;
  /** What the codestream itself says of its colours; null: nothing. */
  readonly colours: 'rgb' | 'ybr' | null;
  /** JPEG-LS: 0 planes, 1 lines, 2 pixels. */
  readonly interleave: number;
}

const startOfImage = 0xd8;
const startOfScan = 0xda;
const endOfImage = 0xd9;
/** Progressive encoders make about ten. */
const scanLimit = 64;

/** @throws DicomFault 'invalid-file' */
export function jpegHeader(bytes: Uint8Array): JpegHeader {
  if (bytes[0] !== 0xff || bytes[1] !== startOfImage) throw damaged('is no JPEG inside');
  let hints: Hints = { isJfif: false, adobe: null };
  let frame: Frame | undefined;
  for (const { marker, body } of segments(bytes)) {
    if (isStartOfFrame(marker)) frame = readFrame(marker, body);
    else if (marker === startOfScan && frame !== undefined) {
      checkScans(bytes);
      // Number of components, two bytes for each, then JPEG-LS's NEAR and its interleave mode.
      return {
        ...frame,
        ...coloursOf(frame, hints),
        interleave: body[2 * (body[0] ?? 0) + 2] ?? 0,
      };
    }
    hints = withHint(hints, marker, body);
  }
  throw damaged('has a JPEG without a picture inside');
}

interface Segment {
  readonly marker: number;
  /** Without marker and length. */
  readonly body: Uint8Array;
}

/** The segments up to the first scan. */
function* segments(bytes: Uint8Array): Generator<Segment> {
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) throw damaged('has a JPEG with a broken header inside');
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      // Fill bytes may stand before any marker.
      at += 1;
      continue;
    }
    const length = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    if (length < 2) throw damaged('has a JPEG with a broken header inside');
    yield { marker, body: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}

/** SOF0 to SOF15 without the three codes that are tables, and SOF55 of JPEG-LS. */
function isStartOfFrame(marker: number): boolean {
  if (marker === 0xf7) return true;
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

type Frame = Omit<JpegHeader, 'colours' | 'interleave'> & { readonly ids: readonly number[] };

function readFrame(marker: number, body: Uint8Array): Frame {
  const [precision = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0] = body;
  const components = body[5] ?? 0;
  const ids = Array.from({ length: components }, (_, i) => body[6 + 3 * i] ?? 0);
  return {
    width: widthHigh * 256 + widthLow,
    height: heightHigh * 256 + heightLow,
    precision,
    components,
    process: marker - 0xc0,
    ids,
  };
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

/** Components called R, G and B are; a JFIF or Adobe marker says what its standard means by it. */
function coloursOf({ ids }: Frame, { isJfif, adobe }: Hints): Pick<JpegHeader, 'colours'> {
  const letters = String.fromCharCode(...ids).toUpperCase();
  if (letters === 'RGB') return { colours: 'rgb' };
  if (adobe !== null) return { colours: adobe === 0 ? 'rgb' : 'ybr' };
  return { colours: isJfif ? 'ybr' : null };
}

/**
 * Decoders end a picture that has no end with grey, so its end is looked for; and each scan goes over the
 * whole picture, so a small file could keep them busy for hours.
 */
function checkScans(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (!buffer.includes(Buffer.from([0xff, endOfImage]))) {
    throw damaged('has a JPEG that is cut short inside');
  }
  const scan = Buffer.from([0xff, startOfScan]);
  let count = 0;
  for (let at = buffer.indexOf(scan); at >= 0; at = buffer.indexOf(scan, at + 2)) count++;
  if (count > scanLimit) throw damaged(`has a JPEG of ${count} scans inside`);
}
