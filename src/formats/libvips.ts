import sharp from 'sharp';
import { UserError } from '../core/errors.ts';
import { imageText } from '../text/index.ts';

// One thread per decode: training reads many small images, so callers decode several files at once (libuv runs four by
// default), which keeps the cores busy with less overhead than splitting each.
sharp.concurrency(1);
// A file is decoded once, or again only after a long time; libvips' cache would only use memory.
sharp.cache(false);

/** The decoder, configured for this program: always import it from here. */
export { sharp };

/** Returns the error to throw if the decoder failed on `path`. */
export function damagedImage(path: string, details?: string): UserError {
  return new UserError('invalid-file', imageText.damaged(path), details);
}
