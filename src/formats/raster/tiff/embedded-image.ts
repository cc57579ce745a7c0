import sharp, { type Sharp } from 'sharp';

// Several blocks are decoded at a time, and each once: threads of its own and a cache would only take time.
sharp.concurrency(1);
sharp.cache(false);

/**
 * A decoder for an image inside a block: colours as stored, an error for a damaged stream.
 *
 * @param pixels maximum number of pixels
 */
export function embeddedImage(stream: Buffer, pixels: number): Sharp {
  return sharp(stream, { failOn: 'error', ignoreIcc: true, limitInputPixels: pixels });
}
