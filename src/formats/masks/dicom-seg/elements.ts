/** Elements of a DICOM data set as this program writes them: explicit, little-endian (PS3.5, 7.1). */

/** Text, numbers, bytes, or the items of a sequence. */
type Value = string | readonly number[] | Uint8Array | readonly (readonly Element[])[];

/** The tag is group · 65536 + element. */
export type Element = readonly [tag: number, vr: Vr, value: Value];

export type Vr =
  | 'AT'
  | 'CS'
  | 'DA'
  | 'DS'
  | 'IS'
  | 'LO'
  | 'OB'
  | 'PN'
  | 'SH'
  | 'SQ'
  | 'ST'
  | 'TM'
  | 'UI'
  | 'UL'
  | 'US';

const longVrs: ReadonlySet<Vr> = new Set(['OB', 'SQ']);

/** Writes a data set, with its elements in the order of their tags. */
export function dataSet(elements: readonly Element[]): Buffer {
  const sorted = [...elements].sort(([a], [b]) => a - b);
  return Buffer.concat(sorted.flatMap(([tag, vr, value]) => element(tag, vr, value)));
}

function element(tag: number, vr: Vr, value: Value): Buffer[] {
  const body = valueBytes(vr, value);
  return [elementHead(tag, vr, body.length), body];
}

/** Tag, value representation and length. */
export function elementHead(tag: number, vr: Vr, length: number): Buffer {
  const head = Buffer.alloc(longVrs.has(vr) ? 12 : 8);
  head.writeUInt16LE(Math.floor(tag / 0x10000), 0);
  head.writeUInt16LE(tag % 0x10000, 2);
  head.write(vr, 4, 'latin1');
  if (head.length === 12) {
    head.writeUInt32LE(length, 8);
  } else {
    // No element written here is nearly as long.
    if (length > 0xffff) throw new Error(`elementHead: ${vr} of ${length} bytes`);
    head.writeUInt16LE(length, 6);
  }
  return head;
}

function valueBytes(vr: Vr, value: Value): Buffer {
  if (value instanceof Uint8Array) return even(Buffer.from(value), 0);
  if (typeof value === 'string') return even(Buffer.from(value, 'utf8'), vr === 'UI' ? 0 : 0x20);
  if (vr === 'SQ') {
    return Buffer.concat((value as readonly (readonly Element[])[]).flatMap(sequenceItem));
  }
  return numberBytes(vr, value as readonly number[]);
}

/** Items state their length first and have no end marker (PS3.5, 7.5). */
function sequenceItem(elements: readonly Element[]): Buffer[] {
  const body = dataSet(elements);
  const head = Buffer.alloc(8);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt16LE(0xe000, 2);
  head.writeUInt32LE(body.length, 4);
  return [head, body];
}

function numberBytes(vr: Vr, numbers: readonly number[]): Buffer {
  const size = vr === 'US' ? 2 : 4;
  const bytes = Buffer.alloc(size * numbers.length);
  for (const [index, number] of numbers.entries()) {
    if (vr === 'US') {
      bytes.writeUInt16LE(number, 2 * index);
    } else if (vr === 'UL') {
      bytes.writeUInt32LE(number, 4 * index);
    } else {
      // A tag as a value: its group, then its element.
      bytes.writeUInt16LE(Math.floor(number / 0x10000), 4 * index);
      bytes.writeUInt16LE(number % 0x10000, 4 * index + 2);
    }
  }
  return bytes;
}

function even(bytes: Buffer, pad: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([pad])]);
}

/** Preamble, signature and file meta information (PS3.10, 7.1). */
export function fileHead(
  sopClass: string,
  instance: string,
  implementation: { readonly uid: string; readonly name: string },
): Buffer {
  const meta = dataSet([
    [0x00020001, 'OB', new Uint8Array([0, 1])],
    [0x00020002, 'UI', sopClass],
    [0x00020003, 'UI', instance],
    // Explicit VR Little Endian.
    [0x00020010, 'UI', '1.2.840.10008.1.2.1'],
    [0x00020012, 'UI', implementation.uid],
    [0x00020013, 'SH', implementation.name],
  ]);
  const length = dataSet([[0x00020000, 'UL', [meta.length]]]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM', 'latin1'), length, meta]);
}
