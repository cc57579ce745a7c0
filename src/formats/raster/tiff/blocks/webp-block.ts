import { tiffBlockText } from '../../../../text/index.ts';
import type { Samples } from '../../image-file.ts';
import type { BlockContext, BlockShape } from './block-shape.ts';
import { embeddedImage } from '../embedded-image.ts';
import { damaged } from '../problems.ts';

/** A block in WebP (compression 50001, as libtiff writes it): 8-bit RGB or RGBA. */
export async function decodeWebp(
  bytes: Buffer,
  shape: BlockShape,
  { path }: BlockContext,
): Promise<Samples> {
  // The decoder supports more formats than are allowed here.
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') {
    throw damaged(path, tiffBlockText.notWebp);
  }
  const image = embeddedImage(bytes, shape.width * shape.fullRows);
  const { width, height } = await image.metadata();
  if (width !== shape.width || height < shape.rows || height > shape.fullRows) {
    const expected = { width: shape.width, height: shape.rows };
    throw damaged(path, tiffBlockText.webpSize({ width, height }, expected));
  }
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return withBands(data, info.channels, shape.samples, path);
}

/** A block that is opaque everywhere is written without alpha. */
function withBands(data: Uint8Array, channels: number, samples: number, path: string): Samples {
  if (channels === samples) return Uint8Array.from(data);
  if (!(channels === 3 && samples === 4) && !(channels === 4 && samples === 3)) {
    throw damaged(path, tiffBlockText.webpBands(channels, samples));
  }
  const pixels = data.length / channels;
  const values = new Uint8Array(pixels * samples).fill(255);
  for (let i = 0; i < pixels; i++) {
    for (let band = 0; band < 3; band++) {
      values[i * samples + band] = data[i * channels + band] ?? 0;
    }
  }
  return values;
}
