import { UserError } from '../../core/errors.ts';
import { FileSource } from '../raster/file-source.ts';
import { jsonCost } from '../files/json-cost.ts';
import { maskFileText } from '../../text/index.ts';

/**
 * Reads a whole text file.
 *
 * @param limit bytes. @param kind of file, for the error
 * @throws UserError 'too-large', 'invalid-labels' if it is not UTF-8, as `FileSource.open`
 */
export async function readText(path: string, limit: number, kind: string): Promise<string> {
  return decodeText(await readBytes(path, limit, kind), path);
}

/** Reads any content, like `readText`. */
export async function readBytes(path: string, limit: number, kind: string): Promise<Uint8Array> {
  const file = await FileSource.open(path);
  try {
    if (file.size > limit) {
      throw new UserError('too-large', maskFileText.tooLong(path, file.size, { limit, kind }));
    }
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}

/** @throws UserError 'invalid-labels' */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    // Removes a byte order mark too.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError('invalid-labels', maskFileText.notUtf8(path));
  }
}

/** Bytes; JSON is parsed whole. */
const jsonLimit = 2 ** 28;

/** Bytes of memory that a JSON file may take, text and values together. */
const jsonMemory = 900_000_000;

/** @throws UserError 'too-large' */
function requireJsonFits(bytes: Uint8Array, path: string): void {
  const cost = bytes.length + jsonCost(bytes);
  if (cost <= jsonMemory) return;
  throw new UserError(
    'too-large',
    maskFileText.jsonTooLarge(path, { cost: megabytes(cost), limit: megabytes(jsonMemory) }),
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

/** @throws UserError 'invalid-labels', 'too-large' (see `requireJsonFits`), and as `readText` */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readBytes(path, jsonLimit, maskFileText.jsonOfLabels);
  requireJsonFits(bytes, path);
  const text = decodeText(bytes, path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const details = error instanceof Error ? error.message : undefined;
    throw new UserError('invalid-labels', maskFileText.notJson(path), details);
  }
}
