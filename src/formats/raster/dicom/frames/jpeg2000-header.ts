import { dicomAdvice, dicomFrameText } from '../../../../text/index.ts';
import { damaged, unsupported } from '../faults.ts';

/** Image described by a JPEG 2000 codestream (ISO/IEC 15444-1, A.5). */
export interface Jpeg2000Header {
  /** Offset of the codestream, after the boxes of a JP2 file. */
  readonly start: number;
  readonly width: number;
  readonly height: number;
  /** Number of bits of a value, including the sign. */
  readonly precision: number;
  readonly components: number;
  /** The colours of three components are transformed, so that decoding gives RGB. */
  readonly hasColourTransform: boolean;
}

const startOfCodestream = 0xff4f;
const sizes = 0xff51;
const codingStyle = 0xff52;
const startOfTile = 0xff90;

/** @throws DicomFault 'invalid-file', 'unsupported' */
export function jpeg2000Header(bytes: Uint8Array): Jpeg2000Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = codestreamStart(view);
  const isCodestream =
    start + 45 <= view.byteLength &&
    view.getUint16(start) === startOfCodestream &&
    view.getUint16(start + 2) === sizes;
  if (!isCodestream) throw damaged(dicomFrameText.notJpeg2000);
  return { start, ...readSizes(view, start + 4), hasColourTransform: transforms(view, start + 2) };
}

/** A box is a length, a name and its content; the codestream is in `jp2c`. */
function codestreamStart(view: DataView): number {
  if (view.byteLength < 12 || view.getUint32(4) !== 0x6a502020) return 0;
  for (let at = 0; at + 8 <= view.byteLength;) {
    if (view.getUint32(at + 4) === 0x6a703263) return at + 8;
    const length = view.getUint32(at);
    if (length < 8) break;
    at += length;
  }
  throw damaged(dicomFrameText.jp2WithoutImage);
}

type Sizes = Pick<Jpeg2000Header, 'width' | 'height' | 'precision' | 'components'>;

function readSizes(view: DataView, at: number): Sizes {
  const width = view.getUint32(at + 4) - view.getUint32(at + 12);
  const height = view.getUint32(at + 8) - view.getUint32(at + 16);
  const components = view.getUint16(at + 36);
  if (at + 38 + 3 * components > view.byteLength) throw damaged(dicomFrameText.jpeg2000CutShort);
  const first = view.getUint8(at + 38);
  for (let i = 0; i < components; i++) {
    const component = at + 38 + 3 * i;
    const isAlike = view.getUint8(component) === first && view.getUint16(component + 1) === 0x0101;
    if (!isAlike) {
      throw unsupported(dicomFrameText.jpeg2000Components, dicomAdvice.uncompress);
    }
  }
  return { width, height, components, precision: (first & 0x7f) + 1 };
}

/** Searches the main header for the default coding style. */
function transforms(view: DataView, start: number): boolean {
  for (let at = start; at + 4 <= view.byteLength;) {
    const marker = view.getUint16(at);
    if (marker === startOfTile) break;
    if (marker === codingStyle && at + 9 <= view.byteLength) return view.getUint8(at + 8) === 1;
    at += 2 + view.getUint16(at + 2);
  }
  return false;
}
