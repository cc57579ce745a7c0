import { rm, stat } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { tileCounts } from '../../core/mask/tiles.ts';
import type { MaskTile, Size } from '../../core/mask/tiles.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import type { OpenMask } from '../../formats/masks/mask-source.ts';
import { MaskSpool } from './mask-spool.ts';

/*
 * Masks between two processes: a file each, in tiles, so that one of any size is written and read with a row of its
 * tiles in memory.
 */

/**
 * Writes a mask to a file; one that is there is replaced.
 *
 * @throws UserError 'disk', 'cancelled', and as the mask does
 */
export async function keepMask(
  file: string,
  mask: MaskRaster,
  signal?: AbortSignal,
): Promise<void> {
  await rm(file, { force: true });
  const spool = await MaskSpool.open(file, markOf(mask));
  try {
    const { columns, rows } = tileCounts(mask);
    for (let y = 0; y < rows; y++) {
      if (signal?.aborted === true) throw new UserError('cancelled', 'Stopped.');
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
 * Opens a mask that was kept, to read it.
 *
 * @throws UserError 'not-found', 'invalid-file' where it is damaged or of another size
 */
export async function openKeptMask(
  file: string,
  { width, height }: Size,
  classes: readonly MaskClass[],
): Promise<OpenMask> {
  if ((await stat(file).catch(() => undefined)) === undefined) {
    throw new UserError('not-found', `The mask ${file} is gone.`);
  }
  const spool = await MaskSpool.open(file, markOf({ width, height }));
  // What is damaged, or was made of something else, was emptied.
  if (spool.rowsDone(0) < tileCounts({ width, height }).rows) {
    await spool.close();
    throw new UserError('invalid-file', `The mask ${file} is damaged, or its image has changed.`);
  }
  return {
    ...{ width, height, classes },
    tile: (x, y) => spool.tile(x, y),
    notes: () => [],
    close: () => spool.close(),
  };
}

function markOf({ width, height }: Size): string {
  return `kept mask ${width} × ${height}`;
}

/** A mask in other values; those that the table has not are nothing known. */
export function translatedMask(
  mask: MaskRaster,
  table: Uint8Array,
  classes: readonly MaskClass[],
): MaskRaster {
  const { width, height } = mask;
  return {
    ...{ width, height, classes },
    tile: async (x, y) => (await mask.tile(x, y))?.map((value) => table[value] ?? 255) ?? null,
  };
}
