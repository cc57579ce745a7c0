import { dicomFrameText } from '../../../../text/index.ts';
import type { SizedBytes } from '../../file-source.ts';
import { Cursor } from '../cursor.ts';
import { damaged, tooLarge } from '../faults.ts';

/** A piece of encapsulated pixels (PS3.5, A.4). */
export interface Fragment {
  /** Offset of its item from the end of the basic offset table, as offset tables count. */
  readonly offset: number;
  /** Offset of its first byte in the source. */
  readonly start: number;
  readonly length: number;
  /** True if it begins like a JPEG or JPEG 2000 codestream. */
  readonly beginsImage: boolean;
  /** False for a fragment that is cut off by the end of the file. */
  readonly isWhole: boolean;
}

export interface Fragments {
  /** Offsets of the frames; empty if the file has none. */
  readonly basicTable: readonly number[];
  /** Fragments that are not empty. */
  readonly list: readonly Fragment[];
  /** True if the file ends, or breaks, before the end of the sequence. */
  readonly isCutShort: boolean;
}

const item = 0xfffee000;
const sequenceEnd = 0xfffee0dd;
/** Maximum number: a million frames in one piece, or a slide of 64 GB in pieces of 64 KiB. */
const fragmentLimit = 1_000_000;
/** Fragments are skipped, so little is read at a time. */
const windowSize = 2 ** 12;

/**
 * Finds the fragments from only their lengths: a delimiter in the middle of coded bytes is ignored.
 *
 * @throws DicomFault 'invalid-file' if there is no offset table, 'too-large'
 */
export async function readFragments(source: SizedBytes, start: number): Promise<Fragments> {
  const cursor = new Cursor(source, start, windowSize);
  const basicTable = await readBasicTable(cursor);
  const list: Fragment[] = [];
  const base = cursor.position;
  while (cursor.left >= 8) {
    const { tag, length } = await readItem(cursor);
    if (tag === sequenceEnd) return { basicTable, list, isCutShort: false };
    if (tag !== item) break;
    const isWhole = length <= cursor.left;
    const offset = cursor.position - 8 - base;
    const beginsImage = isWhole && (await startsImage(cursor, length));
    if (length > 0) list.push({ offset, start: cursor.position, length, beginsImage, isWhole });
    if (list.length > fragmentLimit) throw tooLarge(dicomFrameText.tooManyFragments(fragmentLimit));
    if (!isWhole) break;
    cursor.skip(length);
  }
  return { basicTable, list, isCutShort: true };
}

async function readItem(cursor: Cursor): Promise<{ tag: number; length: number }> {
  if (!cursor.has(8)) await cursor.need(8);
  const group = cursor.uint16(true);
  return { tag: group * 0x10000 + cursor.uint16(true), length: cursor.uint32(true) };
}

async function readBasicTable(cursor: Cursor): Promise<number[]> {
  const { tag, length } = await readItem(cursor);
  if (tag !== item) throw damaged(dicomFrameText.noOffsets);
  if (length > 4 * fragmentLimit) throw damaged(dicomFrameText.brokenOffsets);
  const bytes = await cursor.bytes(length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(length / 4) }, (_, i) => view.getUint32(4 * i, true));
}

/**
 * SOI with the next marker, SOC with SIZ, or the box that opens a JP2 file. None of them can occur within coded bytes
 * of its own kind, where 0xFF is followed by less than 0x90.
 */
async function startsImage(cursor: Cursor, length: number): Promise<boolean> {
  if (length < 4) return false;
  if (!cursor.has(4)) await cursor.need(4);
  const first = cursor.peek16(false);
  const second = cursor.peek16(false, 2);
  if (first === 0xffd8) return second >> 8 === 0xff;
  return (first === 0xff4f && second === 0xff51) || (first === 0 && second === 12);
}
