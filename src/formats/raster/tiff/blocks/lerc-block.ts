import { promisify } from 'node:util';
import { inflate, zstdDecompress } from 'node:zlib';
import * as lerc from 'lerc';
import { tiffBlockText, tiffText } from '../../../../text/index.ts';
import type { Samples } from '../../image-file.ts';
import { samplesLike } from '../../sample-arrays.ts';
import type { BlockContext, BlockShape } from './block-shape.ts';
import { damaged, unsupported } from '../problems.ts';

/** The decoder keeps input and output in memory of its own, which never shrinks. */
const valueLimit = 2 ** 26;

const inflateBytes = promisify(inflate);
const zstdBytes = promisify(zstdDecompress);

/**
 * A block in LERC (compression 34887), optionally also compressed with Deflate or zstd. Missing floating-point values
 * are NaN; for bytes, the mask is the alpha band if that was only 0 and 255 (both as libtiff writes them).
 */
export async function decodeLerc(
  bytes: Buffer,
  shape: BlockShape,
  context: BlockContext,
): Promise<Samples> {
  const { path } = context;
  const packed = await unpackLerc(bytes, shape, context);
  await lerc.load();
  const { width, height, bandCount, depthCount } = lerc.getBlobInfo(packed);
  const bands = bandCount * depthCount;
  const hasAlphaInMask = bands === shape.samples - 1;
  const fits = width === shape.width && height >= shape.rows && height <= shape.fullRows;
  if (!fits || (bands !== shape.samples && !hasAlphaInMask)) {
    throw damaged(
      path,
      tiffBlockText.lercSize(
        { width, height, bands },
        { width: shape.width, height: shape.rows, bands: shape.samples },
      ),
    );
  }
  if (width * height * bands > valueLimit) throw unsupported(path, tiffText.largeLerc);
  return interleaved(lerc.decode(packed, { returnInterleaved: true }), shape.samples);
}

/** Returns a LERC blob without any additional compression. */
export async function unpackLerc(
  bytes: Buffer,
  { width, fullRows, samples }: BlockShape,
  { path, lercPacking }: Pick<BlockContext, 'path' | 'lercPacking'>,
): Promise<Buffer> {
  // Values take at most eight bytes; LERC's overhead is small in comparison.
  const options = { maxOutputLength: width * fullRows * samples * 9 + 65_536 };
  if (lercPacking === 0) return bytes;
  if (lercPacking === 1) return inflateBytes(bytes, options);
  if (lercPacking === 2) return zstdBytes(bytes, options);
  throw damaged(path, tiffBlockText.lercPacking(lercPacking));
}

function interleaved(decoded: lerc.LercData, samples: number): Samples {
  const { width, height, pixels, depthCount, mask, bandMasks } = decoded;
  const [first] = pixels;
  if (first === undefined || first instanceof Uint8ClampedArray) throw new Error('no LERC values');
  const count = width * height;
  const isWhole = mask === null && pixels.length === 1 && depthCount === samples;
  if (isWhole) return first;
  const values = samplesLike(first, count * samples);
  const isFloat = values instanceof Float32Array || values instanceof Float64Array;
  for (const [band, source] of pixels.entries()) {
    const valid = bandMasks?.[band] ?? mask;
    for (let i = 0; i < count; i++) {
      const isMissing = valid?.[i] === 0;
      for (let depth = 0; depth < depthCount; depth++) {
        const value = source[i * depthCount + depth] ?? 0;
        values[i * samples + band * depthCount + depth] = isMissing && isFloat ? NaN : value;
      }
    }
  }
  if (pixels.length * depthCount === samples - 1) {
    for (let i = 0; i < count; i++) values[i * samples + samples - 1] = mask?.[i] === 0 ? 0 : 255;
  }
  return values;
}
