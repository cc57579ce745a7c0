import { dicomText } from '../../../text/index.ts';
import { dictionaryVr, type Keyword } from './attributes.ts';
import type { DataSet, DataElement } from './data-set.ts';
import { damaged } from './faults.ts';

/** Returns the values of a text attribute, without padding; empty if it is absent. */
export function texts(dataSet: DataSet, keyword: Keyword): string[] {
  const element = dataSet.get(keyword);
  if (element === undefined || element.bytes.length === 0) return [];
  return latin1(element.bytes)
    .split('\\')
    .map((text) => text.replaceAll('\0', ' ').trim());
}

/** Returns the first value of a text attribute; null if it is absent or empty. */
export function firstText(dataSet: DataSet, keyword: Keyword): string | null {
  const [first = ''] = texts(dataSet, keyword);
  return first === '' ? null : first;
}

/**
 * Returns the values of a numeric attribute, binary or in digits; empty if it is absent. Invalid numbers become NaN, so
 * that positions are kept.
 *
 * @param isSigned whether "US or SS" is signed in an implicit file: the sign of the pixels
 */
export function numbers(dataSet: DataSet, keyword: Keyword, isSigned = false): number[] {
  const element = dataSet.get(keyword);
  if (element === undefined) return [];
  const vr = element.vr === 'UN' ? dictionaryVr(keyword) : element.vr;
  const type = binaryType(vr, isSigned);
  if (type !== null) return binaryNumbers(element, type);
  return texts(dataSet, keyword).map((digits) => (digits === '' ? NaN : Number(digits)));
}

/** Returns the first value of a numeric attribute; null if it is absent or empty, NaN if it is not a number. */
export function number(dataSet: DataSet, keyword: Keyword, isSigned = false): number | null {
  const [value] = numbers(dataSet, keyword, isSigned);
  if (value === undefined) return null;
  return Number.isNaN(value) && firstText(dataSet, keyword) === null ? null : value;
}

/** Returns a whole number; null if it is absent. @throws DicomFault for anything else */
export function integer(dataSet: DataSet, keyword: Keyword, isSigned = false): number | null {
  const value = number(dataSet, keyword, isSigned);
  if (value === null || Number.isSafeInteger(value)) return value;
  throw damaged(dicomText.notWhole(keyword));
}

/** Returns the items of a sequence; empty if it is absent. */
export function items(dataSet: DataSet | undefined, keyword: Keyword): readonly DataSet[] {
  return dataSet?.get(keyword)?.items ?? [];
}

/**
 * Returns the text of an attribute for display, if its characters are known: ASCII, Latin-1 or UTF-8 by the file's
 * character set; null for others, such as Japanese ones.
 */
export function readableTexts(dataSet: DataSet, keyword: Keyword, set: string | null): string[] {
  const element = dataSet.get(keyword);
  if (element === undefined) return [];
  const isAscii = element.bytes.every((byte) => byte < 0x80);
  const isUtf8 = set === 'ISO_IR 192';
  if (!isAscii && !isUtf8 && set !== 'ISO_IR 100') return [];
  const whole = isUtf8 ? new TextDecoder().decode(element.bytes) : latin1(element.bytes);
  return whole.split('\\').map((part) => part.replaceAll('\0', ' ').trim());
}

interface BinaryType {
  readonly bytes: 2 | 4 | 8;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
}

function binaryType(vr: string, isSigned: boolean): BinaryType | null {
  switch (vr) {
    case 'xs':
      return binaryType(isSigned ? 'SS' : 'US', isSigned);
    case 'US':
    case 'OW':
      return { bytes: 2, read: (view, at, little) => view.getUint16(at, little) };
    case 'SS':
      return { bytes: 2, read: (view, at, little) => view.getInt16(at, little) };
    case 'UL':
      return { bytes: 4, read: (view, at, little) => view.getUint32(at, little) };
    case 'SL':
      return { bytes: 4, read: (view, at, little) => view.getInt32(at, little) };
    case 'FL':
      return { bytes: 4, read: (view, at, little) => view.getFloat32(at, little) };
    case 'FD':
      return { bytes: 8, read: (view, at, little) => view.getFloat64(at, little) };
    case 'OV':
    case 'UV':
      return { bytes: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) };
    default:
      return null;
  }
}

function binaryNumbers({ bytes, littleEndian }: DataElement, type: BinaryType): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = Math.floor(bytes.length / type.bytes);
  return Array.from({ length: count }, (_, i) => type.read(view, i * type.bytes, littleEndian));
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
