import { dicomAdvice, dicomCodings, dicomText } from '../../../text/index.ts';
import { unsupported } from './faults.ts';
import { explicitLittleEndian, implicitLittleEndian, type Encoding } from './data-set.ts';

/** Coding of pixels. `native`: uncompressed; the others are in fragments (PS3.5, annex A). */
export type PixelCoding = 'native' | 'rle' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000';

export interface TransferSyntax {
  readonly name: string;
  readonly encoding: Encoding;
  /** The data set itself is compressed. */
  readonly isDeflated: boolean;
  readonly coding: PixelCoding;
  /** States whether coding changes values. */
  readonly loss: 'never' | 'maybe' | 'always';
}

const root = '1.2.840.10008.1.2';

function native(name: string, encoding: Encoding, isDeflated = false): TransferSyntax {
  return { name, encoding, isDeflated, coding: 'native', loss: 'never' };
}

function encapsulated(
  name: string,
  coding: PixelCoding,
  loss: TransferSyntax['loss'] = 'never',
): TransferSyntax {
  return { name, encoding: explicitLittleEndian, isDeflated: false, coding, loss };
}

const implicit = native('implicit little endian', implicitLittleEndian);
const explicit = native('explicit little endian', explicitLittleEndian);

const syntaxes: ReadonlyMap<string, TransferSyntax> = new Map([
  [root, implicit],
  [`${root}.1`, explicit],
  [`${root}.1.99`, native('deflated', explicitLittleEndian, true)],
  [`${root}.2`, native('explicit big endian', { isImplicit: false, littleEndian: false })],
  [`${root}.5`, encapsulated('RLE', 'rle')],
  [`${root}.4.50`, encapsulated('JPEG baseline', 'jpeg', 'always')],
  [`${root}.4.51`, encapsulated('JPEG extended', 'jpeg', 'always')],
  [`${root}.4.57`, encapsulated('JPEG lossless', 'jpeg')],
  [`${root}.4.70`, encapsulated('JPEG lossless', 'jpeg')],
  [`${root}.4.80`, encapsulated('JPEG-LS lossless', 'jpeg-ls')],
  [`${root}.4.81`, encapsulated('JPEG-LS near-lossless', 'jpeg-ls', 'always')],
  [`${root}.4.90`, encapsulated('JPEG 2000 lossless', 'jpeg-2000')],
  [`${root}.4.91`, encapsulated('JPEG 2000', 'jpeg-2000', 'maybe')],
  [`${root}.4.201`, encapsulated('HTJ2K lossless', 'jpeg-2000')],
  [`${root}.4.202`, encapsulated('HTJ2K lossless', 'jpeg-2000')],
  [`${root}.4.203`, encapsulated('HTJ2K', 'jpeg-2000', 'maybe')],
]);

/** Refused transfer syntaxes that occur in practice, by their full identifiers (PS3.6, table A-1). */
const refused: ReadonlyMap<string, string> = new Map(
  [
    named(dicomCodings.jpegXl, ['4.110', '4.111', '4.112']),
    named(dicomCodings.mpeg2, ['4.100', '4.100.1', '4.101', '4.101.1']),
    named(dicomCodings.mpeg4, ['4.102', '4.102.1', '4.103', '4.103.1', '4.104', '4.104.1']),
    named(dicomCodings.mpeg4, ['4.105', '4.105.1', '4.106', '4.106.1']),
    named(dicomCodings.hevc, ['4.107', '4.108']),
    named(dicomCodings.multiComponent, ['4.92', '4.93']),
    named(dicomCodings.jpip, ['4.94', '4.95', '4.204', '4.205']),
    named(dicomCodings.deflatedFrames, ['8.1']),
    named(dicomCodings.retiredJpeg, ['4.52', '4.53', '4.54', '4.55', '4.56', '4.58', '4.59']),
    named(dicomCodings.retiredJpeg, ['4.60', '4.61', '4.62', '4.63', '4.64', '4.65', '4.66']),
  ].flat(),
);

function named(name: string, ends: readonly string[]): [uid: string, name: string][] {
  return ends.map((end) => [`${root}.${end}`, name]);
}

/**
 * @param uid null if the file states none; the standard's default is implicit little endian
 * @throws DicomFault 'unsupported'
 */
export function transferSyntax(uid: string | null): TransferSyntax {
  const syntax = syntaxes.get(uid ?? root);
  if (syntax !== undefined) return syntax;
  const name = refused.get(uid ?? root);
  // An identifier that is not in the registry may contain anything, such as a patient's number.
  throw unsupported(
    name === undefined ? dicomText.unknownSyntax : dicomText.unsupportedSyntax(name, uid ?? root),
    dicomAdvice.uncompress,
  );
}
