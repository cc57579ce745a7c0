import { mapConcurrently } from '../formats/concurrently.ts';
import { hashOfFile } from '../formats/file-hash.ts';

/** Files that are read together. */
const readsAtOnce = 4;

/**
 * Images with a number from their content (`key`, 32 bits), so that what is held out by chance depends neither on
 * names nor on the order or number of files. A file that cannot be read has the number of its path.
 */
export async function withContentKeys<
  T extends { readonly path: string; readonly frame?: number | undefined },
>(images: readonly T[]): Promise<(T & { readonly key: number })[]> {
  const hashes = new Map<string, Promise<number>>();
  return mapConcurrently(images, readsAtOnce, async (image) => {
    const hash = hashes.get(image.path) ?? hashOf(image.path);
    hashes.set(image.path, hash);
    // Slices of one file follow each other.
    return { ...image, key: ((await hash) + (image.frame ?? 0)) % 2 ** 32 };
  });
}

async function hashOf(path: string): Promise<number> {
  try {
    return (await hashOfFile(path)).readUInt32LE(0);
  } catch {
    // What is wrong with it is told where it is decoded.
    return Buffer.from(path).reduce((sum, byte) => (sum * 31 + byte) % 2 ** 32, 7);
  }
}
