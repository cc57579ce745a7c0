import { setImmediate } from 'node:timers/promises';
import type { ModelLayer } from '../../../contract/masks.ts';
import { UserError } from '../../../core/errors.ts';
import { tileCounts } from '../../../core/mask/tiles.ts';
import type { Store } from '../../../store/store.ts';
import { openMaskFile, translatedMask } from '../../tasks/segmentation/data/mask-file.ts';
import { commonText } from '../../../text/index.ts';

/** Destination of a predicted mask. */
export interface PredictedPlace {
  readonly image: number;
  readonly layer: ModelLayer;
  readonly run: number;
}

/**
 * Stores a predicted mask file in the workspace, atomically, with one row of tiles in memory. Does nothing if the
 * image no longer exists.
 *
 * @param table table from values of the file to values of the project's masks
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
  const kept = await openMaskFile(file, size, []);
  const staged = store.masks.stage();
  try {
    const mask = translatedMask(kept, table, []);
    const { columns, rows } = tileCounts(size);
    for (let y = 0; y < rows; y++) {
      if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
      // Yields to other requests.
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
