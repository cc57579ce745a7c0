import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { MaskPreview, StoredValue } from '../../../contract/mask-sources.ts';
import { UserError } from '../../../core/errors.ts';
import {
  ignoreValue,
  tileCounts,
  tileExtent,
  tileSide,
  type Size,
} from '../../../core/mask/tiles.ts';
import type { MaskSource, OpenMask } from '../../../formats/masks/mask-source.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import { breathe } from '../../job.ts';
import { commonText } from '../../../text/index.ts';

/** Longer side of the preview, px. */
const previewSide = 640;
/** Most tiles read for a preview: 256 million pixels. */
const mostTiles = 1024;

export interface MaskPreviewRequest {
  /** Index among the images with a mask, from 0; those with most values come first. */
  readonly index: number;
  readonly preparation: WrittenPreparation;
  readonly signal: AbortSignal;
}

/**
 * Returns an image of a source with its mask, reduced so that no value is lost: each pixel gets the rarest of the
 * values that fall on it.
 *
 * @returns null if the source does not list images with masks, or the mask is too large to preview
 * @throws UserError as the readers of image and mask, 'cancelled'
 */
export async function previewMask(
  source: MaskSource,
  pool: ImagePool,
  { index, preparation, signal }: MaskPreviewRequest,
): Promise<MaskPreview | null> {
  const samples = source.samples ?? [];
  const image = samples[index];
  if (image === undefined) return null;
  const { path, name } = image;
  const asked = { path, frame: image.frame, preparation };
  const { picture, ...sample } = await pool.run('sample', asked, { subject: path, signal });
  const { width, height } = sample;
  const size = { width, height };
  const { columns, rows } = tileCounts(size);
  if (columns * rows > mostTiles) return null;
  const mask = await source.maskFor({ path, name, frame: sample.frame, ...size });
  if (mask === undefined) return null;
  try {
    const rank = rarity(source.table?.stored ?? []);
    const reduced = await reduce(mask, size, rank, signal);
    return { index, total: samples.length, name, picture, ...reduced };
  } finally {
    await mask.close();
  }
}

/** Returns the rank by value: higher for rarer values. Background has the lowest rank, unknown the next. */
function rarity(stored: readonly StoredValue[]): Uint16Array {
  const shares = new Map<number, number>();
  for (const { value, share } of stored) shares.set(value, (shares.get(value) ?? 0) + share);
  const rank = new Uint16Array(256).fill(1000);
  const order = [...shares].sort(([, a], [, b]) => b - a);
  for (const [place, [value]] of order.entries()) rank[value] = 2 + place;
  rank[0] = 0;
  rank[ignoreValue] = 1;
  return rank;
}

async function reduce(
  mask: OpenMask,
  size: Size,
  rank: Uint16Array,
  signal: AbortSignal,
): Promise<Pick<MaskPreview, 'width' | 'height' | 'values'>> {
  const scale = Math.min(1, previewSide / Math.max(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  const values = new Uint8Array(width * height);
  const { columns, rows } = tileCounts(size);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (signal.aborted) throw new UserError('cancelled', commonText.stopped);
      const tile = await mask.tile(x, y);
      if (tile === null) continue;
      const extent = tileExtent({ x, y }, size);
      for (let row = 0; row < extent.height; row++) {
        const line = Math.floor(((y * tileSide + row) * height) / size.height) * width;
        for (let column = 0; column < extent.width; column++) {
          const at = line + Math.floor(((x * tileSide + column) * width) / size.width);
          const value = tile[row * tileSide + column] ?? 0;
          if ((rank[value] ?? 0) > (rank[values[at] ?? 0] ?? 0)) values[at] = value;
        }
      }
      await breathe();
    }
  }
  return { width, height, values };
}
