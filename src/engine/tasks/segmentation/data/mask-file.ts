import { rm, stat } from 'node:fs/promises';
import { UserError } from '../../../../core/errors.ts';
import { tileCounts } from '../../../../core/mask/tiles.ts';
import type { MaskTile, Size } from '../../../../core/mask/tiles.ts';
import type { MaskClass, MaskRaster } from '../../../../formats/masks/mask-raster.ts';
import type { OpenMask } from '../../../../formats/masks/mask-source.ts';
import { MaskSpool } from './mask-spool.ts';
import { commonText, segmentationText } from '../../../../text/index.ts';

/**
 * Mask files for passing masks between processes: one file each, in tiles, so that masks of any size are written and
 * read with one row of tiles in memory.
 */

/**
 * Writes a mask to a file, replacing an existing one.
 *
 * @throws UserError 'disk', 'cancelled', and as the mask does
 */
export async function writeMaskFile(
  file: string,
  mask: MaskRaster,
  signal?: AbortSignal,
): Promise<void> {
  await rm(file, { force: true });
  const spool = await MaskSpool.open(file, markOf(mask));
  try {
    const { columns, rows } = tileCounts(mask);
    for (let y = 0; y < rows; y++) {
      if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
      const tiles: MaskTile[] = [];
      for (let x = 0; x < columns; x++) {
        const pixels = await mask.tile(x, y);
        if (pixels !== null) tiles.push({ x, y, pixels });
      }
      await spool.append(0, tiles);
    }
  } finally {
    await spool.close();
  }
}

/**
 * Opens a mask file for reading.
 *
 * @throws UserError 'not-found', 'invalid-file' if it is damaged or of another size
 */
export async function openMaskFile(
  file: string,
  { width, height }: Size,
  classes: readonly MaskClass[],
): Promise<OpenMask> {
  if ((await stat(file).catch(() => undefined)) === undefined) {
    throw new UserError('not-found', segmentationText.maskMissing(file));
  }
  const spool = await MaskSpool.open(file, markOf({ width, height }));
  // `open` emptied the file if it is damaged or of another mask.
  if (spool.rowsDone(0) < tileCounts({ width, height }).rows) {
    await spool.close();
    throw new UserError('invalid-file', segmentationText.maskDamaged(file));
  }
  return {
    width,
    height,
    classes,
    tile: (x, y) => spool.tile(x, y),
    notes: () => [],
    close: () => spool.close(),
  };
}

function markOf({ width, height }: Size): string {
  return `kept mask ${width} × ${height}`;
}

/** Returns a mask with its values translated; values missing from the table become unknown (255). */
export function translatedMask(
  mask: MaskRaster,
  table: Uint8Array,
  classes: readonly MaskClass[],
): MaskRaster {
  const { width, height } = mask;
  return {
    width,
    height,
    classes,
    tile: async (x, y) => (await mask.tile(x, y))?.map((value) => table[value] ?? 255) ?? null,
  };
}
