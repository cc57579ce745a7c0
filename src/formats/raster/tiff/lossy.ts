import type { TiffFile } from './directory.ts';
import { unpackLerc } from './blocks/lerc-block.ts';
import { blockShape } from './blocks/block-reader.ts';
import type { Page } from './page.ts';
import { tags } from './tags.ts';

/** Bytes of a first block that are inspected. */
const blockLimit = 2 ** 24;
/** Error bound up to which rounded integers are unchanged. */
const roundsToItself = 0.5;

/**
 * Returns the scheme that compressed the values of a page with loss; null if values are unchanged, or if its first
 * block does not tell.
 *
 * @throws UserError 'invalid-file', 'disk'
 */
export async function lossyScheme(file: TiffFile, page: Page): Promise<string | null> {
  const { name } = page.compression;
  if (name === 'jpeg') return 'JPEG';
  if (name !== 'webp' && name !== 'lerc') return null;
  const [offset = 0] = await file.numbers(page.offsets, 1);
  const [size = 0] = await file.numbers(page.byteCounts, 1);
  if (offset === 0 || size === 0 || size > blockLimit) return null;
  const bytes = await file.source.read(offset, size);
  // Simple and extended files alike have their pixels in a chunk of one of two names (RFC 9649, section 2.5).
  if (name === 'webp') return bytes.includes('VP8L', 12, 'latin1') ? null : 'WebP';
  const error = maxLercError(await unpacked(file, page, bytes));
  const isWhole = !page.sampleType.startsWith('float');
  return error > (isWhole ? roundsToItself : 0) ? 'LERC' : null;
}

async function unpacked(file: TiffFile, page: Page, bytes: Buffer): Promise<Buffer> {
  const parameters = page.directory.fields.get(tags.lercParameters);
  const [, lercPacking = 0] = await file.numbers(parameters, 2);
  // A failure to decompress is reported when the block is read.
  return unpackLerc(bytes, blockShape(page, 0), { path: file.source.path, lercPacking }).catch(() =>
    Buffer.alloc(0),
  );
}

/**
 * Returns the error bound of a LERC 2 blob: the double behind the whole numbers of its header, of which later versions
 * have more (LERC, `Lerc2.h`, `HeaderInfo`).
 *
 * @returns 0 for other blobs
 */
function maxLercError(blob: Buffer): number {
  if (blob.toString('latin1', 0, 6) !== 'Lerc2 ' || blob.length < 64) return 0;
  const version = blob.readInt32LE(6);
  const at = version >= 6 ? 50 : version >= 4 ? 42 : version >= 3 ? 38 : 34;
  return blob.readDoubleLE(at);
}
