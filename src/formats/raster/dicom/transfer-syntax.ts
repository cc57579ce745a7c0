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

/** Those that people may meet, by how their identifiers begin; longer ones first. */
const refused: readonly (readonly [prefix: string, name: string])[] = [
  [`${root}.4.110`, 'JPEG XL'],
  [`${root}.4.111`, 'JPEG XL'],
  [`${root}.4.112`, 'JPEG XL'],
  [`${root}.4.100`, 'MPEG-2 video'],
  [`${root}.4.101`, 'MPEG-2 video'],
  [`${root}.4.102`, 'MPEG-4 video'],
  [`${root}.4.103`, 'MPEG-4 video'],
  [`${root}.4.104`, 'MPEG-4 video'],
  [`${root}.4.105`, 'MPEG-4 video'],
  [`${root}.4.106`, 'MPEG-4 video'],
  [`${root}.4.107`, 'HEVC video'],
  [`${root}.4.108`, 'HEVC video'],
  [`${root}.4.92`, 'multi-component JPEG 2000'],
  [`${root}.4.93`, 'multi-component JPEG 2000'],
  [`${root}.4.94`, 'JPIP, which keeps the pixels on a server'],
  [`${root}.4.95`, 'JPIP, which keeps the pixels on a server'],
  [`${root}.4.204`, 'JPIP, which keeps the pixels on a server'],
  [`${root}.4.205`, 'JPIP, which keeps the pixels on a server'],
  [`${root}.8.1`, 'deflated frames'],
  [`${root}.4.`, 'a retired form of JPEG'],
];

/**
 * @param uid null where the file does not say; the standard's default is implicit little endian
 * @throws DicomFault 'unsupported'
 */
export function transferSyntax(uid: string | null): TransferSyntax {
  const syntax = syntaxes.get(uid ?? root);
  if (syntax !== undefined) return syntax;
  const name = refused.find(([prefix]) => uid?.startsWith(prefix))?.[1];
  throw unsupported(
    `is coded as ${name ?? 'an unknown transfer syntax'} (${printable(uid ?? '')}), which is not supported`,
    'Convert it to an uncompressed DICOM file.',
  );
}

/** Of an identifier, what can stand in a message. */
function printable(uid: string): string {
  return uid.replaceAll(/[^\d.]/g, '?').slice(0, 64);
}
