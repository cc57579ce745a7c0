import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFailure } from './file-errors.ts';

/**
 * Computes the SHA-256 of a file, 32 bytes. The file is read in parts: satellite images, volumes and teachers may
 * exceed the maximum size of a buffer.
 *
 * @param alive called for each part
 * @throws UserError 'not-found', 'disk'
 */
export async function hashOfFile(path: string, alive?: () => void): Promise<Buffer> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      alive?.();
      hash.update(part as Buffer);
    }
  } catch (error) {
    throw readFailure(error, path);
  }
  return hash.digest();
}
