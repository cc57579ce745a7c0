import type { Sharp, SharpOptions } from 'sharp';
import { sharp } from '../../libvips.ts';

/** A JPEG of eight bits, grey or with three colours. */
export interface SketchedJpeg {
  readonly path: string;
  /** Bytes of the file. */
  readonly bytes: Buffer;
  /** Upright, px. */
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  /** True if its EXIF data rotate or flip it. */
  readonly isTurned: boolean;
}

export interface SketchOptions {
  /** Maximum of both sides, px. */
  readonly side: number;
  /** JPEG quality, 1–100. */
  readonly quality: number;
  /** Maximum number of pixels of the JPEG. */
  readonly limit: number;
}

/** Factors by which the decoder can reduce a JPEG while reading it, by decoding only a part of each block. */
const reductions = [8, 4, 2];

/**
 * Downsizes a JPEG while decoding, and drops its colour profile: colours stay as stored. It is never enlarged.
 *
 * @throws Error as the decoder does
 */
export async function sketchJpeg(jpeg: SketchedJpeg, options: SketchOptions): Promise<Buffer> {
  const { path, bytes, width, height } = jpeg;
  const shrink = Math.max(1, Math.max(width, height) / options.side);
  const size = {
    width: Math.max(1, Math.round(width / shrink)),
    height: Math.max(1, Math.round(height / shrink)),
  };
  const reduction = reductions.find((by) => by <= shrink);
  if (reduction !== undefined && canTakeOptions(path)) {
    // Given bytes, sharp has no such option, and on its own reduces only if the result is at most a third. A failure
    // here is reported by the decoding below.
    const reduced = await drawn(`${path}[shrink=${reduction}]`, jpeg, size, options).catch(
      () => undefined,
    );
    if (reduced !== undefined) return reduced;
  }
  return drawn(bytes, jpeg, size, options);
}

/** libvips parses brackets after a name as options, and quotes on the way there. */
function canTakeOptions(path: string): boolean {
  return !/["'[\]]/.test(path);
}

function drawn(
  input: Buffer | string,
  { bands, isTurned }: SketchedJpeg,
  { width, height }: { readonly width: number; readonly height: number },
  { quality, limit }: SketchOptions,
): Promise<Buffer> {
  const reading: SharpOptions = {
    autoOrient: isTurned,
    failOn: 'error',
    ignoreIcc: true,
    limitInputPixels: limit,
  };
  const small: Sharp = sharp(input, reading).resize(width, height, {
    fit: 'fill',
    // The remaining factor is less than two, for which two pixels are enough.
    kernel: 'linear',
  });
  return (
    small
      .toColourspace(bands === 1 ? 'b-w' : 'srgb')
      // Optimised tables save a few per cent of bytes, but take a quarter of the time.
      .jpeg({ quality, optimiseCoding: false })
      .toBuffer()
  );
}
