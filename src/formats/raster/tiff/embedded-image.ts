import sharp, { type Sharp } from 'sharp';

// Blocks are decoded several at a time, and each once: threads of its own and a cache would only cost.
sharp.concurrency(1);
sharp.cache(false);

/**
 * A decoder for an image inside a block: colours as stored, an error for a damaged stream.
 *
 * @param pixels most that it may have
 */
export function embeddedImage(stream: Buffer, pixels: number): Sharp {
  return sharp(stream, { failOn: 'error', ignoreIcc: true, limitInputPixels: pixels });
}
