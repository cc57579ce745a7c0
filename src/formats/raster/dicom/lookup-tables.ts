import { dicomText } from '../../../text/index.ts';
import type { LookupTable } from '../image-file.ts';
import type { Keyword } from './attributes.ts';
import type { DataSet, DataElement } from './data-set.ts';
import { damaged } from './faults.ts';
import { numbers } from './values.ts';

export interface TableDescriptor {
  readonly entries: number;
  /** Largest pixel value that maps to entry 0. */
  readonly first: number;
  /** Bits per entry. */
  readonly bits: number;
}

/** A modality or VOI lookup table (PS3.3, C.11.1.1 and C.11.2.1). @throws DicomFault 'invalid-file' */
export function lookupTable(item: DataSet, isSigned: boolean): LookupTable {
  const { entries, first, bits } = tableDescriptor(item, 'LUTDescriptor', isSigned);
  const values = tableEntries(item.get('LUTData'), entries);
  return { first, bits, values: bits <= 8 ? Uint8Array.from(values) : values };
}

/** @throws DicomFault 'invalid-file' */
export function tableDescriptor(
  item: DataSet,
  keyword: Keyword,
  isSigned: boolean,
): TableDescriptor {
  const [count, first, bits] = numbers(item, keyword, isSigned);
  if (count === undefined || first === undefined || bits === undefined) {
    throw damaged(dicomText.tableUndescribed);
  }
  if (bits < 1 || bits > 16) throw damaged(dicomText.tableBits(bits));
  // The count is unsigned even if the first value is signed; 65536 does not fit and is written as 0.
  const entries = (count & 0xffff) === 0 ? 0x10000 : count & 0xffff;
  return { entries, first, bits };
}

/** Reads entries as words, or as bytes if the data are too short for words. @throws DicomFault */
export function tableEntries(element: DataElement | undefined, entries: number): Uint16Array {
  const words = tableWords(element);
  if (words.length >= entries) return words.slice(0, entries);
  const bytes = tableBytes(element);
  if (bytes.length >= entries) return Uint16Array.from(bytes.subarray(0, entries));
  throw damaged(dicomText.tableCutShort);
}

export function tableWords(element: DataElement | undefined): Uint16Array {
  if (element === undefined) throw damaged(dicomText.tableEmpty);
  const { bytes, littleEndian } = element;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) =>
    view.getUint16(2 * i, littleEndian),
  );
}

/** Pairs of bytes in words: the first is the lower byte. */
export function tableBytes(element: DataElement | undefined): Uint8Array {
  const words = tableWords(element);
  return Uint8Array.from({ length: 2 * words.length }, (_, i) => {
    const word = words[i >> 1] ?? 0;
    return i % 2 === 0 ? word & 0xff : word >> 8;
  });
}
