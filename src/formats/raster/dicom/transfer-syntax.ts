import { unsupported } from './faults.ts';
import { explicitLittleEndian, implicitLittleEndian, type Encoding } from './data-set.ts';

/** How pixels are coded. `native`: as they are; the others lie in fragments (PS3.5, annex A). */
export type PixelCoding = 'native' | 'rle' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000';

export interface TransferSyntax {
  readonly name: string;
  readonly encoding: Encoding;
  /** The data set itself is compressed. */
  readonly isDeflated: boolean;
  readonly coding: PixelCoding;
}

const root = '1.2.840.10008.1.2';

function native(name: string, encoding: Encoding, isDeflated = false): TransferSyntax {
  return { name, encoding, isDeflated, coding: 'native' };
}

function encapsulated(name: string, coding: PixelCoding): TransferSyntax {
  return { name, encoding: explicitLittleEndian, isDeflated: false, coding };
}

const implicit = native('implicit little endian', implicitLittleEndian);
const explicit = native('explicit little endian', explicitLittleEndian);

const syntaxes: ReadonlyMap<string, TransferSyntax> = new Map([
  [root, implicit],
  [`${root}.1`, explicit],
  [`${root}.1.99`, native('deflated', explicitLittleEndian, true)],
  [`${root}.2`, native('explicit big endian', { isImplicit: false, littleEndian: false })],
  [`${root}.5`, encapsulated('RLE', 'rle')],
  [`${root}.4.50`, encapsulated('JPEG baseline', 'jpeg')],
  [`${root}.4.51`, encapsulated('JPEG extended', 'jpeg')],
  [`${root}.4.57`, encapsulated('JPEG lossless', 'jpeg')],
  [`${root}.4.70`, encapsulated('JPEG lossless', 'jpeg')],
  [`${root}.4.80`, encapsulated('JPEG-LS lossless', 'jpeg-ls')],
  [`${root}.4.81`, encapsulated('JPEG-LS near-lossless', 'jpeg-ls')],
  [`${root}.4.90`, encapsulated('JPEG 2000 lossless', 'jpeg-2000')],
  [`${root}.4.91`, encapsulated('JPEG 2000', 'jpeg-2000')],
  [`${root}.4.201`, encapsulated('HTJ2K lossless', 'jpeg-2000')],
  [`${root}.4.202`, encapsulated('HTJ2K lossless', 'jpeg-2000')],
  [`${root}.4.203`, encapsulated('HTJ2K', 'jpeg-2000')],
]);

/** Those that people may meet, by their whole identifiers (PS3.6, table A-1). */
const refused: ReadonlyMap<string, string> = new Map(
  [
    named('JPEG XL', ['4.110', '4.111', '4.112']),
    named('MPEG-2 video', ['4.100', '4.100.1', '4.101', '4.101.1']),
    named('MPEG-4 video', ['4.102', '4.102.1', '4.103', '4.103.1', '4.104', '4.104.1']),
    named('MPEG-4 video', ['4.105', '4.105.1', '4.106', '4.106.1']),
    named('HEVC video', ['4.107', '4.108']),
    named('multi-component JPEG 2000', ['4.92', '4.93']),
    named('JPIP, which keeps the pixels on a server', ['4.94', '4.95', '4.204', '4.205']),
    named('deflated frames', ['8.1']),
    named('a retired form of JPEG', ['4.52', '4.53', '4.54', '4.55', '4.56', '4.58', '4.59']),
    named('a retired form of JPEG', ['4.60', '4.61', '4.62', '4.63', '4.64', '4.65', '4.66']),
  ].flat(),
);

function named(name: string, ends: readonly string[]): [uid: string, name: string][] {
  return ends.map((end) => [`${root}.${end}`, name]);
}

/**
 * @param uid null where the file does not say; the standard's default is implicit little endian
 * @throws DicomFault 'unsupported'
 */
export function transferSyntax(uid: string | null): TransferSyntax {
  const syntax = syntaxes.get(uid ?? root);
  if (syntax !== undefined) return syntax;
  const name = refused.get(uid ?? root);
  // An identifier that is not in the registry may hold anything, such as a patient's number.
  throw unsupported(
    name === undefined
      ? 'is coded in an unknown transfer syntax, which is not supported'
      : `is coded as ${name} (${uid}), which is not supported`,
    'Convert it to an uncompressed DICOM file.',
  );
}
