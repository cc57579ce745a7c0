import sharp from 'sharp';
import { UserError } from '../core/errors.ts';
import { imageText } from '../text/index.ts';

// One thread a decode: training reads many small images, so callers decode several files at once
// (libuv runs four by default), which keeps the cores busy with less overhead than splitting each.
sharp.concurrency(1);
// Every file is decoded once or after a long while; libvips' cache would only hold memory.
sharp.cache(false);

/** The decoder, set up for this program: import it from here alone. */
export { sharp };

/** Returns the error to throw when the decoder gave up on `path`. */
export function damagedImage(path: string, details?: string): UserError {
  return new UserError('invalid-file', imageText.damaged(path), details);
}
