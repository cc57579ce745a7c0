import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { dicomAdvice, dicomText } from '../../../text/index.ts';
import type { ReadLimits } from '../image-file.ts';
import type { SizedBytes } from '../file-source.ts';
import { memorySource } from './byte-source.ts';
import { Cursor } from './cursor.ts';
import {
  readDataSet,
  readMeta,
  type DataSet,
  type Encoding,
  type FileDataSet,
} from './data-set.ts';
import { damaged, DicomFault, tooLarge } from './faults.ts';
import { transferSyntax, type TransferSyntax } from './transfer-syntax.ts';
import { isVr } from './value-representations.ts';
import { firstText } from './values.ts';

const inflate = promisify(inflateRaw);
/**
 * Maximum size of a deflated data set, bytes: it is inflated into memory. Such files are few: the syntax is for reports
 * rather than images.
 */
const inflatedLimit = 2 ** 29;
const preambleLength = 128;
const mark = 'DICM';

/** Attributes of a file, and the position and encoding of its pixels. */
export interface Part10File extends FileDataSet {
  readonly meta: DataSet;
  readonly syntax: TransferSyntax;
  /** Source that `pixels` refers to: the file, or the content of a deflated one. */
  readonly source: SizedBytes;
}

/** Returns true if the first bytes of a file, 132 or more, are those of a DICOM file (PS3.10, 7.1). */
export function isDicom(head: Uint8Array): boolean {
  const bytes = head.subarray(preambleLength, preambleLength + mark.length);
  return Buffer.from(bytes).toString('latin1') === mark;
}

/**
 * Reads a DICOM file up to its pixels.
 *
 * Data sets without the preamble are refused, as in pydicom, though many could be guessed: a wrong guess would give
 * wrong pixels.
 *
 * @throws DicomFault 'invalid-file', 'unsupported' (the transfer syntax), 'too-large'
 */
export async function readPart10(file: SizedBytes, limits: ReadLimits): Promise<Part10File> {
  const headLength = preambleLength + mark.length;
  if (file.size < headLength || !isDicom(await file.read(0, headLength))) {
    throw new DicomFault('invalid-file', dicomText.noHeader, dicomAdvice.addHeader);
  }
  const { elements: meta, end } = await readMeta(file, headLength);
  const syntax = transferSyntax(firstText(meta, 'TransferSyntaxUID'));
  const [source, start] = syntax.isDeflated
    ? [memorySource(await inflated(file, end, limits)), 0]
    : [file, end];
  const encoding = await actualEncoding(source, start, syntax.encoding);
  return { meta, syntax, source, ...(await readDataSet(source, start, encoding)) };
}

async function inflated(file: SizedBytes, start: number, limits: ReadLimits): Promise<Uint8Array> {
  const limit = Math.min(inflatedLimit, limits.bytes);
  const size = file.size - start;
  if (size > limit) throw tooLarge(dicomText.deflatedTooLarge(limit));
  const bytes = await file.read(start, size);
  try {
    return await inflate(bytes, { maxOutputLength: limit });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(dicomText.inflatedTooLarge(limit));
    throw damaged(dicomText.notInflated);
  }
}

/**
 * Some writers state an explicit syntax and write an implicit data set, or the reverse; the first element shows it, as
 * pydicom also assumes.
 */
async function actualEncoding(
  source: SizedBytes,
  start: number,
  encoding: Encoding,
): Promise<Encoding> {
  const cursor = new Cursor(source, start, 8);
  if (cursor.left < 8 || !encoding.littleEndian) return encoding;
  await cursor.need(8);
  const letters = cursor.peek16(false, 4);
  const isImplicit = !isVr(String.fromCharCode(letters >> 8, letters & 0xff));
  return { ...encoding, isImplicit };
}
