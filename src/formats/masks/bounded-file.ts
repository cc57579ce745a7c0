import { UserError } from '../../core/errors.ts';
import { FileSource } from '../raster/file-source.ts';
import { jsonCost } from '../json-cost.ts';

/**
 * The whole of a text file.
 *
 * @param limit bytes. @param what it is, for the error
 * @throws UserError 'too-large', 'invalid-labels' where it is no UTF-8, as `FileSource.open`
 */
export async function readText(path: string, limit: number, what: string): Promise<string> {
  return decodeText(await readBytes(path, limit, what), path);
}

async function readBytes(path: string, limit: number, what: string): Promise<Uint8Array> {
  const file = await FileSource.open(path);
  try {
    if (file.size > limit) {
      throw new UserError(
        'too-large',
        `${path} has ${file.size} bytes, more than the ${limit} that ${what} may have. Split it.`,
      );
    }
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
}

/** @throws UserError 'invalid-labels' */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    // Takes a byte order mark away too.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError('invalid-labels', `${path} is not UTF-8 text. Save it as UTF-8.`);
  }
}

/** Bytes; JSON is parsed whole. */
const jsonLimit = 2 ** 28;

/** Bytes of memory that such a file may take, text and values together. */
const jsonMemory = 900_000_000;

/** @throws UserError 'too-large' */
function requireJsonFits(bytes: Uint8Array, path: string): void {
  const cost = bytes.length + jsonCost(bytes);
  if (cost <= jsonMemory) return;
  throw new UserError(
    'too-large',
    `${path} would take ${megabytes(cost)} MB of memory to read, more than the ${megabytes(jsonMemory)} MB that a JSON file of labels may take. Split it.`,
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

/** @throws UserError 'invalid-labels', 'too-large' (see `requireJsonFits`), and as `readText` */
export async function readJson(path: string): Promise<unknown> {
  const bytes = await readBytes(path, jsonLimit, 'a JSON file of labels');
  requireJsonFits(bytes, path);
  const text = decodeText(bytes, path);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const details = error instanceof Error ? error.message : undefined;
    throw new UserError(
      'invalid-labels',
      `${path} is no valid JSON: it is damaged or cut short. Export it again.`,
      details,
    );
  }
}
