import { deflateRawSync } from 'node:zlib';

/** DICOM files built by hand for the tests, so that the reader has a witness that shares no code with it. */

export type Entry = readonly [tag: number, vr: string, value: Value];
/** Text, numbers, bytes, or the items of a sequence. */
type Value = string | readonly number[] | Uint8Array | readonly (readonly Entry[])[];

export interface Writing {
  readonly isImplicit?: boolean;
  readonly isBigEndian?: boolean;
  /** Sequences and items end with delimiters instead of having lengths. */
  readonly isDelimited?: boolean;
}

export const syntax = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
  rle: '1.2.840.10008.1.2.5',
  jpeg: '1.2.840.10008.1.2.4.50',
  jpeg2000: '1.2.840.10008.1.2.4.90',
};

const longVrs = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'];
const undefinedLength = 0xffffffff;

/** Writes a data set; a `null` length in place of a value's own cannot be asked for here. */
export function dataSetBytes(entries: readonly Entry[], writing: Writing = {}): Buffer {
  return Buffer.concat(entries.map((entry) => elementBytes(entry, writing)));
}

function elementBytes([tag, vr, value]: Entry, writing: Writing): Buffer {
  const body = vr === 'SQ' ? sequenceBytes(value, writing) : valueBytes(vr, value, writing);
  const length = vr === 'SQ' && writing.isDelimited === true ? undefinedLength : body.length;
  return Buffer.concat([elementHeader(tag, vr, length, writing), body]);
}

/** Tag, value representation and length, whatever comes behind. */
export function elementHeader(
  tag: number,
  vr: string,
  length: number,
  writing: Writing = {},
): Buffer {
  const tagBytes = [u16(Math.floor(tag / 0x10000), writing), u16(tag % 0x10000, writing)];
  if (writing.isImplicit === true) return Buffer.concat([...tagBytes, u32(length, writing)]);
  const letters = Buffer.from(vr, 'latin1');
  const rest = longVrs.includes(vr)
    ? [Buffer.alloc(2), u32(length, writing)]
    : [u16(length, writing)];
  return Buffer.concat([...tagBytes, letters, ...rest]);
}

function sequenceBytes(value: Value, writing: Writing): Buffer {
  const implicit = { ...writing, isImplicit: true };
  const mark = (tag: number, length: number): Buffer => elementHeader(tag, '', length, implicit);
  const items = (value as readonly (readonly Entry[])[]).map((entries) => {
    const body = dataSetBytes(entries, writing);
    return writing.isDelimited === true
      ? Buffer.concat([mark(0xfffee000, undefinedLength), body, mark(0xfffee00d, 0)])
      : Buffer.concat([mark(0xfffee000, body.length), body]);
  });
  const end = writing.isDelimited === true ? [mark(0xfffee0dd, 0)] : [];
  return Buffer.concat([...items, ...end]);
}

function valueBytes(vr: string, value: Value, writing: Writing): Buffer {
  if (value instanceof Uint8Array) return even(Buffer.from(value), 0);
  if (typeof value === 'string') return even(Buffer.from(value, 'latin1'), vr === 'UI' ? 0 : 0x20);
  return Buffer.concat(
    (value as readonly number[]).map((number) => numberBytes(vr, number, writing)),
  );
}

function numberBytes(vr: string, value: number, writing: Writing): Buffer {
  const view = new DataView(new ArrayBuffer(8));
  const little = writing.isBigEndian !== true;
  const bytes = (length: number): Buffer => Buffer.from(view.buffer.slice(0, length));
  switch (vr) {
    case 'US':
    case 'OW':
      view.setUint16(0, value, little);
      return bytes(2);
    case 'SS':
      view.setInt16(0, value, little);
      return bytes(2);
    case 'UL':
      view.setUint32(0, value, little);
      return bytes(4);
    case 'FD':
      view.setFloat64(0, value, little);
      return bytes(8);
    case 'OV':
      view.setBigUint64(0, BigInt(value), little);
      return bytes(8);
    default:
      throw new Error(`the fixtures write no numbers as ${vr}`);
  }
}

const u16 = (value: number, writing: Writing): Buffer => numberBytes('US', value, writing);
const u32 = (value: number, writing: Writing): Buffer => numberBytes('UL', value, writing);

function even(bytes: Buffer, pad: number): Buffer {
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([pad])]);
}

/** Preamble, mark and file meta information. */
function fileHead(uid: string): Buffer {
  const meta = dataSetBytes([
    [0x00020002, 'UI', '1.2.840.10008.5.1.4.1.1.7'],
    [0x00020010, 'UI', uid],
  ]);
  const length = dataSetBytes([[0x00020000, 'UL', [meta.length]]]);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), length, meta]);
}

/** A whole file, written as its transfer syntax says. */
export function dicomFile(uid: string, entries: readonly Entry[], writing: Writing = {}): Buffer {
  const bytes = dataSetBytes(entries, {
    isImplicit: uid === syntax.implicit,
    isBigEndian: uid === syntax.bigEndian,
    ...writing,
  });
  return Buffer.concat([fileHead(uid), uid === syntax.deflated ? deflateRawSync(bytes) : bytes]);
}

export interface DicomImageSpec {
  readonly rows: number;
  readonly columns: number;
  readonly samples?: number;
  readonly photometric?: string;
  readonly planar?: number;
  readonly allocated?: number;
  readonly stored?: number;
  readonly highBit?: number;
  readonly isSigned?: boolean;
  readonly frames?: number;
}

/** The image pixel module. */
export function pictureEntries(picture: DicomImageSpec): Entry[] {
  const { rows, columns, samples = 1, photometric = 'MONOCHROME2', allocated = 8 } = picture;
  const { stored = allocated, highBit = stored - 1, isSigned = false, frames } = picture;
  return [
    [0x00280002, 'US', [samples]],
    [0x00280004, 'CS', photometric],
    ...(samples > 1 ? [[0x00280006, 'US', [picture.planar ?? 0]] satisfies Entry] : []),
    ...(frames === undefined ? [] : [[0x00280008, 'IS', String(frames)] satisfies Entry]),
    [0x00280010, 'US', [rows]],
    [0x00280011, 'US', [columns]],
    [0x00280100, 'US', [allocated]],
    [0x00280101, 'US', [stored]],
    [0x00280102, 'US', [highBit]],
    [0x00280103, 'US', [isSigned ? 1 : 0]],
  ];
}

/** A file of native pixels: `pixels` are bytes, or words in the file's order. */
export function pictureFile(
  uid: string,
  picture: DicomImageSpec,
  pixels: Uint8Array | readonly number[],
  more: readonly Entry[] = [],
): Buffer {
  const vr = pixels instanceof Uint8Array ? 'OB' : 'OW';
  const entries = [...more, ...pictureEntries(picture)].sort(([a], [b]) => a - b);
  return dicomFile(uid, [...entries, [0x7fe00010, vr, pixels]]);
}

export interface Encapsulation {
  /** Basic offset table; empty by default. */
  readonly table?: readonly number[];
  readonly hasEnd?: boolean;
}

/** The pixel element of compressed frames, in fragments. */
export function encapsulated(
  fragments: readonly Uint8Array[],
  { table = [], hasEnd = true }: Encapsulation = {},
): Buffer {
  const implicit = { isImplicit: true };
  const item = (bytes: Uint8Array): Buffer[] => {
    const padded = even(Buffer.from(bytes), 0);
    return [elementHeader(0xfffee000, '', padded.length, implicit), padded];
  };
  return Buffer.concat([
    elementHeader(0x7fe00010, 'OB', undefinedLength),
    ...item(Buffer.concat(table.map((offset) => u32(offset, {})))),
    ...fragments.flatMap(item),
    ...(hasEnd ? [elementHeader(0xfffee0dd, '', 0, implicit)] : []),
  ]);
}

export function encapsulatedFile(
  uid: string,
  picture: DicomImageSpec,
  pixels: Uint8Array,
  more: readonly Entry[] = [],
): Buffer {
  const entries = [...more, ...pictureEntries(picture)].sort(([a], [b]) => a - b);
  return Buffer.concat([dicomFile(uid, entries), pixels]);
}

/** A frame of run-length coding whose segments are these bytes, coded as literal runs. */
export function rleFrame(segments: readonly Uint8Array[]): Buffer {
  const coded = segments.map((segment) => {
    const runs: Buffer[] = [];
    for (let at = 0; at < segment.length; at += 128) {
      const run = segment.subarray(at, at + 128);
      runs.push(Buffer.from([run.length - 1, ...run]));
    }
    return even(Buffer.concat(runs), 128);
  });
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments.length);
  let offset = 64;
  for (const [index, bytes] of coded.entries()) {
    header.writeUInt32LE(offset, 4 + 4 * index);
    offset += bytes.length;
  }
  return Buffer.concat([header, ...coded]);
}
