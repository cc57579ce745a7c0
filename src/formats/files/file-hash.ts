import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFailure } from './file-errors.ts';

/**
 * SHA-256 of a file, 32 bytes. It is read part by part: satellite images, volumes and teachers may be larger
 * than one buffer can be.
 *
 * @param alive told of each part
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
