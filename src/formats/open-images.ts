import { statSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isMainThread } from 'node:worker_threads';
import { whileReading } from '../core/activity.ts';
import type { ImageFile } from './raster/image-file.ts';
import { openImage } from './raster/open.ts';

/**
 * Slices of a volume are requested one by one, and opening a compressed volume decompresses all of it. So files of
 * several frames stay open for a moment, a few at a time.
 */

/** Maximum number of files that are kept open. */
const most = 3;
/** Time that an unused file stays open, ms. */
const moment = 5000;

interface KeptFile {
  readonly file: ImageFile;
  /** Identity of the file on the disk: a replaced file is another one. */
  readonly stamp: string;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

const kept = new Map<string, KeptFile>();

/**
 * Runs `work` with an open image.
 *
 * @param isKept whether the file stays open for a moment; by default one of several frames
 * @throws UserError as `openImage` does, and whatever `work` throws
 */
export async function withImage<T>(
  path: string,
  work: (file: ImageFile) => Promise<T>,
  isKept: (header: ImageFile['header']) => boolean = ({ frames }) => frames > 1,
): Promise<T> {
  return whileReading(path, () => open(path, work, isKept));
}

async function open<T>(
  path: string,
  work: (file: ImageFile) => Promise<T>,
  isKept: (header: ImageFile['header']) => boolean,
): Promise<T> {
  const stamp = await stampOf(path);
  const known = kept.get(path);
  if (known?.stamp === stamp) return use(path, known, work);
  const file = await openImage(path);
  const fresh = { file, stamp, users: 0, timer: undefined };
  if (!isKept(file.header) || stamp === '' || kept.has(path)) {
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }
  kept.set(path, fresh);
  return use(path, fresh, work);
}

async function use<T>(
  path: string,
  entry: KeptFile,
  work: (file: ImageFile) => Promise<T>,
): Promise<T> {
  clearTimeout(entry.timer);
  entry.users++;
  try {
    return await work(entry.file);
  } finally {
    entry.users--;
    if (entry.users === 0) {
      // A file that is not used must not keep the process.
      entry.timer = setTimeout(() => void release(path, entry), moment).unref();
      await releaseOldest();
    }
  }
}

async function releaseOldest(): Promise<void> {
  const idle = [...kept].filter(([, { users }]) => users === 0);
  for (const [path, entry] of idle.slice(0, Math.max(0, kept.size - most))) {
    await release(path, entry);
  }
}

async function release(path: string, entry: KeptFile): Promise<void> {
  clearTimeout(entry.timer);
  if (entry.users > 0 || kept.get(path) !== entry) return;
  kept.delete(path);
  await entry.file.close();
}

/** Returns a stamp that changes if a file is replaced; empty if it does not exist. */
export async function stampOf(path: string): Promise<string> {
  const found = isMainThread
    ? await stat(path, { bigint: true }).catch(() => undefined)
    : statHere(path);
  return found ? `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}` : '';
}

/** Looks a file up synchronously, as threads do: a promise takes longer than the disk access. */
function statHere(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
