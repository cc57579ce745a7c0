import type { SourceClass } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import { tileExtent, tilePixels, tileSide } from '../../../core/mask/tiles.ts';
import { withImage } from '../../open-images.ts';
import { requireSameSize } from '../geotiff/place.ts';
import type { OpenMask, SizedImage } from '../mask-source.ts';
import { drawingBudget } from '../work-budget.ts';
import type { Segmentation } from './segmentation.ts';
import { dicomSegmentationText } from '../../../text/index.ts';

/** Frame of a segmentation that belongs to an image. */
export interface SegmentPart {
  readonly segmentation: Segmentation;
  /** Frame, from 0. */
  readonly frame: number;
  /** Value of a segment’s class, 0 for background; undefined for a segment that is not listed. */
  readonly valueOf: (segment: number) => number | undefined;
}

/** Returns the mask of one image, from all frames that belong to it: later frames cover earlier ones. */
export function segmentMask(
  image: SizedImage,
  classes: readonly SourceClass[],
  parts: readonly SegmentPart[],
): OpenMask {
  let whole: Promise<Uint8Array> | undefined;
  let overlapping = 0;
  const compose = async (): Promise<Uint8Array> => {
    const [first] = parts;
    const budget = drawingBudget(image, first?.segmentation.path ?? '');
    budget.requireLeft(parts.length * image.width * image.height);
    const mask = new Uint8Array(image.width * image.height);
    for (const part of parts) overlapping += await addPart(mask, part, image);
    return mask;
  };
  return {
    width: image.width,
    height: image.height,
    classes,
    async tile(x, y) {
      if (parts.length === 0) return null;
      // Frames are decoded whole, and have the size of their slices.
      whole ??= compose();
      const mask = await whole;
      const { width, height } = tileExtent({ x, y }, image);
      const tile = new Uint8Array(tilePixels);
      for (let row = 0; row < height; row++) {
        const start = (y * tileSide + row) * image.width + x * tileSide;
        tile.set(mask.subarray(start, start + width), row * tileSide);
      }
      return tile;
    },
    notes: () => (overlapping === 0 ? [] : [dicomSegmentationText.segmentsOverlap(overlapping)]),
    close: () => Promise.resolve(),
  };
}

/**
 * @returns number of pixels that had another class before
 * @throws UserError 'invalid-labels' if the frame is missing or names an unknown segment, as `openImage`
 */
async function addPart(
  mask: Uint8Array,
  { segmentation, frame, valueOf }: SegmentPart,
  { width, height }: SizedImage,
): Promise<number> {
  const { path, type, maximum } = segmentation;
  const segment = segmentation.frames[frame]?.segment ?? null;
  const { data } = await withImage(path, (file) => {
    const { header } = file;
    // The header may be complete, and the pixels after it cut short.
    if (frame >= header.frames) {
      throw new UserError(
        'invalid-labels',
        dicomSegmentationText.cutShort(path, {
          described: segmentation.frames.length,
          stored: header.frames,
        }),
      );
    }
    requireSameSize({ width, height }, header, path);
    return file.read({ frame });
  });
  const own = segment === null ? 0 : (valueOf(segment) ?? 0);
  const least = type === 'FRACTIONAL' ? maximum / 2 : 1;
  let overlapping = 0;
  for (let at = 0; at < mask.length; at++) {
    const stored = data[at] ?? 0;
    const value = segment === null ? valueOf(stored) : stored >= least ? own : 0;
    if (value === 0) continue;
    if (value === undefined) {
      throw new UserError('invalid-labels', dicomSegmentationText.unlistedSegment(path, stored));
    }
    const before = mask[at] ?? 0;
    if (before !== 0 && before !== value) overlapping++;
    mask[at] = value;
  }
  return overlapping;
}
