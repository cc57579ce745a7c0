import { dicomText } from '../../../text/index.ts';
import { attributeOf, isPixelKeyword, type Keyword, type PixelKeyword } from './attributes.ts';
import type { SizedBytes } from '../file-source.ts';
import { Cursor } from './cursor.ts';
import { damaged, DicomFault, tooLarge } from './faults.ts';
import { isLongVr, isVr } from './value-representations.ts';

/** Encoding of elements (PS3.5, 7.1). */
export interface Encoding {
  /** True if elements have no value representations. */
  readonly isImplicit: boolean;
  readonly littleEndian: boolean;
}

export const implicitLittleEndian: Encoding = { isImplicit: true, littleEndian: true };
export const explicitLittleEndian: Encoding = { isImplicit: false, littleEndian: true };

export interface DataElement {
  /** Value representation of the file, or of the dictionary if the file has none. */
  readonly vr: string;
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  /** Items of a sequence. */
  readonly items: readonly DataSet[];
}

/** Attributes that are read, of a file or of an item of a sequence. */
export type DataSet = ReadonlyMap<Keyword, DataElement>;

/** Position of the pixels. */
export interface PixelElement {
  readonly keyword: PixelKeyword;
  readonly vr: string;
  /** Start of the value, in bytes of the source. */
  readonly start: number;
  /** Length in bytes; null: undefined, so the value is a sequence of fragments. */
  readonly length: number | null;
}

export interface FileDataSet {
  readonly elements: DataSet;
  readonly pixels: PixelElement | null;
  /** Fault that ended the reading before the pixels or the end of the file. */
  readonly fault: DicomFault | null;
}

/** Maximum depth; no information object nests its sequences as deeply. */
const depthLimit = 32;
/** Maximum number of elements, about four times what an enhanced image of ten thousand frames has. */
const elementLimit = 10_000_000;
const keptLimit = 2 ** 26;
const undefinedLength = 0xffffffff;
const item = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;

interface Header {
  readonly tag: number;
  readonly vr: string;
  /** Length; null: undefined. */
  readonly length: number | null;
}

/**
 * Reads the attributes of a data set up to its pixels, in one forward pass: unneeded values are skipped. Faults are
 * returned, so that a damaged file can still be identified.
 */
export async function readDataSet(
  source: SizedBytes,
  start: number,
  encoding: Encoding,
): Promise<FileDataSet> {
  const elements = new Map<Keyword, DataElement>();
  try {
    const pixels = await new Walk(source, start).file(elements, encoding);
    return { elements, pixels, fault: null };
  } catch (error) {
    if (!(error instanceof DicomFault)) throw error;
    return { elements, pixels: null, fault: error };
  }
}

/** Reads the file meta information (group 0002, PS3.10, 7.1) and returns where it ends. */
export async function readMeta(
  source: SizedBytes,
  start: number,
): Promise<{ elements: DataSet; end: number }> {
  const elements = new Map<Keyword, DataElement>();
  const end = await new Walk(source, start).meta(elements);
  return { elements, end };
}

class Walk {
  readonly #cursor: Cursor;
  #elementCount = 0;
  #keptBytes = 0;

  constructor(source: SizedBytes, start: number) {
    this.#cursor = new Cursor(source, start);
  }

  async file(into: Map<Keyword, DataElement>, encoding: Encoding): Promise<PixelElement | null> {
    const cursor = this.#cursor;
    while (cursor.left > 0) {
      const header = await this.#header(encoding);
      const keyword = attributeOf(header.tag)?.keyword;
      if (keyword !== undefined && isPixelKeyword(keyword)) {
        return { keyword, vr: header.vr, start: cursor.position, length: header.length };
      }
      await this.#value(header, encoding, 0, into);
    }
    return null;
  }

  async meta(into: Map<Keyword, DataElement>): Promise<number> {
    const cursor = this.#cursor;
    while (cursor.left >= 8) {
      if (!cursor.has(8)) await cursor.need(8);
      if (cursor.peek16(true) !== 2) break;
      const header = await this.#header(explicitLittleEndian);
      await this.#value(header, explicitLittleEndian, 0, into);
    }
    return cursor.position;
  }

  async #header({ isImplicit, littleEndian }: Encoding): Promise<Header> {
    const cursor = this.#cursor;
    if (++this.#elementCount > elementLimit) {
      throw tooLarge(dicomText.tooManyElements(elementLimit));
    }
    if (!cursor.has(8)) await cursor.need(8);
    const group = cursor.uint16(littleEndian);
    const tag = group * 0x10000 + cursor.uint16(littleEndian);
    // Items and their ends have no value representation, whatever the encoding (PS3.5, 7.5).
    if (group === 0xfffe) return { tag, vr: '', length: this.#length(littleEndian) };
    if (isImplicit) {
      return { tag, vr: attributeOf(tag)?.vr ?? 'UN', length: this.#length(littleEndian) };
    }
    const letters = cursor.uint16(false);
    const vr = String.fromCharCode(letters >> 8, letters & 0xff);
    if (!isVr(vr)) throw damaged(dicomText.noElement(cursor.position - 6));
    if (!isLongVr(vr)) return { tag, vr, length: cursor.uint16(littleEndian) };
    cursor.skip(2);
    if (!cursor.has(4)) await cursor.need(4);
    return { tag, vr, length: this.#length(littleEndian) };
  }

  #length(littleEndian: boolean): number | null {
    const length = this.#cursor.uint32(littleEndian);
    return length === undefinedLength ? null : length;
  }

  /** Stores an element's value in `into`, or skips it. */
  async #value(
    { tag, vr, length }: Header,
    encoding: Encoding,
    depth: number,
    into: Map<Keyword, DataElement> | null,
  ): Promise<void> {
    const attribute = attributeOf(tag);
    const keyword = attribute?.keyword;
    const isKept = into !== null && keyword !== undefined && !isPixelKeyword(keyword);
    if (isSequence(vr, length, attribute?.vr, encoding)) {
      // A sequence whose writer did not know its type is written implicitly (PS3.5, 6.2.2, note 2).
      const inner = vr === 'UN' ? implicitLittleEndian : encoding;
      if (!isKept && length !== null) {
        this.#pass(length);
        return;
      }
      const items = await this.#items(length, inner, depth + 1, isKept);
      if (isKept) into.set(keyword, { vr: 'SQ', bytes: new Uint8Array(), items, ...encoding });
    } else if (length === null) {
      await this.#fragments(encoding);
    } else if (isKept) {
      into.set(keyword, { vr, bytes: await this.#keep(length), items: [], ...encoding });
    } else {
      this.#pass(length);
    }
  }

  async #items(
    length: number | null,
    encoding: Encoding,
    depth: number,
    isKept: boolean,
  ): Promise<DataSet[]> {
    if (depth > depthLimit) throw damaged(dicomText.deepSequences(depthLimit));
    const cursor = this.#cursor;
    const end = length === null ? null : cursor.position + length;
    const items: DataSet[] = [];
    while (end === null || cursor.position < end) {
      const header = await this.#header(encoding);
      if (header.tag === sequenceEnd) break;
      if (header.tag !== item) throw damaged(dicomText.brokenSequence(cursor.position - 8));
      const elements = isKept ? new Map<Keyword, DataElement>() : null;
      await this.#item(header.length, encoding, depth, elements);
      if (elements !== null) items.push(elements);
    }
    return items;
  }

  async #item(
    length: number | null,
    encoding: Encoding,
    depth: number,
    into: Map<Keyword, DataElement> | null,
  ): Promise<void> {
    const cursor = this.#cursor;
    if (into === null && length !== null) {
      this.#pass(length);
      return;
    }
    const end = length === null ? null : cursor.position + length;
    while (end === null || cursor.position < end) {
      const header = await this.#header(encoding);
      if (header.tag === itemEnd) break;
      if (header.vr === '') throw damaged(dicomText.brokenItem(cursor.position - 8));
      await this.#value(header, encoding, depth, into);
    }
    if (end !== null && cursor.position > end) {
      throw damaged(dicomText.longItem(end));
    }
  }

  /** Skips encapsulated data, such as those of an icon. */
  async #fragments({ littleEndian }: Encoding): Promise<void> {
    const fragment: Encoding = { isImplicit: true, littleEndian };
    for (;;) {
      const { tag, length } = await this.#header(fragment);
      if (tag === sequenceEnd) return;
      if (tag !== item || length === null) {
        throw damaged(dicomText.brokenFragment(this.#cursor.position - 8));
      }
      this.#pass(length);
    }
  }

  #pass(length: number): void {
    if (length > this.#cursor.left) throw damaged(dicomText.cutShortBeforePixels);
    this.#cursor.skip(length);
  }

  async #keep(length: number): Promise<Uint8Array> {
    this.#keptBytes += length;
    if (this.#keptBytes > keptLimit) {
      throw damaged(dicomText.tooManyAttributes(keptLimit));
    }
    return this.#cursor.bytes(length);
  }
}

/** Recognises an unknown sequence by its undefined length, since the dictionary does not have every attribute. */
function isSequence(
  vr: string,
  length: number | null,
  dictionary: string | undefined,
  { isImplicit }: Encoding,
): boolean {
  if (vr === 'SQ') return true;
  if (length === null) return isImplicit || vr === 'UN';
  return vr === 'UN' && dictionary === 'SQ';
}
