import { mapConcurrently } from '../../formats/files/concurrently.ts';
import { hashOfFile } from '../../formats/files/file-hash.ts';

/** Number of files read concurrently. */
const readsAtOnce = 4;

/**
 * Adds to each image a 32-bit number derived from its content (`key`), so that the random choice of held-out images
 * depends neither on names nor on the order or number of files. A file that cannot be read gets a number derived from
 * its path.
 */
export async function withContentKeys<
  T extends { readonly path: string; readonly frame?: number | undefined },
>(images: readonly T[]): Promise<(T & { readonly key: number })[]> {
  const hashes = new Map<string, Promise<number>>();
  return mapConcurrently(images, readsAtOnce, async (image) => {
    const hash = hashes.get(image.path) ?? hashOf(image.path);
    hashes.set(image.path, hash);
    // Consecutive slices of one file get consecutive keys.
    return { ...image, key: ((await hash) + (image.frame ?? 0)) % 2 ** 32 };
  });
}

async function hashOf(path: string): Promise<number> {
  try {
    return (await hashOfFile(path)).readUInt32LE(0);
  } catch {
    // Decoding reports the error in this file.
    return Buffer.from(path).reduce((sum, byte) => (sum * 31 + byte) % 2 ** 32, 7);
  }
}
