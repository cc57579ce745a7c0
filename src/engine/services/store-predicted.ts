import { setImmediate } from 'node:timers/promises';
import type { ModelLayer } from '../../contract/masks.ts';
import { UserError } from '../../core/errors.ts';
import { tileCounts } from '../../core/mask/tiles.ts';
import type { Store } from '../../store/store.ts';
import { openKeptMask, translatedMask } from '../segmentation/kept-mask.ts';

/** Whose mask it becomes. */
export interface PredictedPlace {
  readonly image: number;
  readonly layer: ModelLayer;
  readonly run: number;
}

/**
 * Takes a predicted mask from its file into the workspace, all or nothing, a row of its tiles in memory at a time.
 * Of an image that is gone it is passed over.
 *
 * @param table values of the project's masks for those of the file
 * @throws UserError 'not-found', 'invalid-file', 'disk', 'cancelled'
 */
export async function storePredicted(
  store: Store,
  { image, layer, run }: PredictedPlace,
  file: string,
  table: Uint8Array,
  signal?: AbortSignal,
): Promise<void> {
  const size = imageOf(store, image);
  if (!size) return;
  const kept = await openKeptMask(file, size, []);
  const staged = store.masks.stage();
  try {
    const mask = translatedMask(kept, table, []);
    const { columns, rows } = tileCounts(size);
    for (let y = 0; y < rows; y++) {
      if (signal?.aborted === true) throw new UserError('cancelled', 'Stopped.');
      // Others are answered in between.
      await setImmediate();
      for (let x = 0; x < columns; x++) {
        const pixels = await mask.tile(x, y);
        if (pixels !== null) staged.put([{ x, y, pixels }]);
      }
    }
    if (imageOf(store, image)) store.masks.replacePredicted(image, layer, run, staged);
  } finally {
    staged.drop();
    await kept.close();
  }
}

function imageOf(store: Store, image: number): { width: number; height: number } | undefined {
  try {
    return store.images.get(image);
  } catch (error) {
    if (error instanceof UserError && error.code === 'not-found') return undefined;
    throw error;
  }
}
