import { rename, rm, stat } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { hashOfFile } from '../../formats/file-hash.ts';
import { readHead } from '../../formats/raster/file-source.ts';
import { hostOf, webPage } from './download-failures.ts';
import { forgetPart, onDisk, partPath } from './download-part.ts';

/* What is done with a file that came whole: it is compared with what is known of it before it gets its name. */

/** What to fetch, and where it goes. */
export interface Download {
  readonly url: string;
  /** Absolute; an older file is replaced once the new one is whole and right. */
  readonly file: string;
  /** SHA-256 in hexadecimal, or its first digits; null where nobody knows it. */
  readonly sha256: string | null;
  /** In bytes, as its source lists it, to three digits where it lists no more; null where it does not. */
  readonly listed: number | null;
  /** As `http://proxy:3128`; without one the environment's, if there is any. */
  readonly proxy: string | null;
  /** Whether addresses without encryption are allowed beyond this computer. */
  readonly plainHttp: boolean;
  /**
   * Looks into what came, before it gets its name.
   *
   * @throws UserError for what is not to be kept
   */
  readonly check: (path: string) => Promise<void>;
}

/** What came whole, before it was looked into. */
export interface Arrival {
  readonly bytes: number;
  /** Its SHA-256 as the server says it. */
  readonly promised: string | null;
  /** Whether the server calls it a page for people. */
  readonly isPage: boolean;
}

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
  /** Whether the content has the SHA-256 that was known before: all of it, since its first digits can be made to fit. */
  readonly isVerified: boolean;
}

/** Digits of a SHA-256. */
const wholeHash = 64;

/**
 * Compares the content with what is known of it, and gives it its name.
 *
 * @throws UserError 'invalid-file' where it is not to be kept, 'disk'
 */
export async function takeArrival(download: Download, arrival: Arrival): Promise<Downloaded> {
  const { file, sha256 } = download;
  const part = partPath(file);
  const { size: bytes } = await onDisk(part, () => stat(part));
  if (bytes !== arrival.bytes) {
    await forgetPart(file);
    throw new UserError(
      'disk',
      `${part} has ${bytes} bytes where ${arrival.bytes} came: another program changed it. It was deleted; try again.`,
    );
  }
  const found = (await hashOfFile(part)).toString('hex');
  const isVerified = sha256?.length === wholeHash;
  try {
    requireHash(download, arrival, found);
    if (sha256 === null && arrival.promised === null) requireSize(download, bytes);
    await download.check(part);
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'disk') throw error;
    const isPage = arrival.isPage || (await looksLikePage(part));
    await forgetPart(file);
    throw isPage ? webPage() : unfit(error, download);
  }
  await onDisk(file, () => rename(part, file));
  await rm(`${part}.json`, { force: true });
  return { bytes, sha256: found, isVerified };
}

function unfit({ message, details }: UserError, { file, url }: Download): UserError {
  return new UserError(
    'invalid-file',
    `What ${hostOf(url)} sent is not the file that was wanted: ${message.replaceAll(partPath(file), file)} It was deleted; try again, or name another mirror.`,
    details,
  );
}

function requireHash({ sha256 }: Download, { promised }: Arrival, found: string): void {
  for (const expected of [sha256, promised]) {
    if (expected === null || found.startsWith(expected.toLowerCase())) continue;
    throw new UserError(
      'invalid-file',
      `its SHA-256 begins with ${found.slice(0, 8)} where ${expected.slice(0, 8)} was expected.`,
      `${found}\n${expected}`,
    );
  }
}

/** Where nothing else is known of a content, a body that was cut short shows in its size alone. */
function requireSize({ listed }: Download, bytes: number): void {
  if (listed === null) return;
  // Those of three digits are rounded, one way or the other.
  const digit = Math.max(1, 10 ** (Math.floor(Math.log10(listed)) - 2));
  const slack = listed % digit === 0 ? digit : 0;
  if (Math.abs(bytes - listed) <= slack) return;
  throw new UserError(
    'invalid-file',
    `it has ${bytes} bytes where ${listed} are listed, so it was cut short, or there is another by now.`,
  );
}

async function looksLikePage(path: string): Promise<boolean> {
  const text = Buffer.from(await readHead(path, 512)).toString('utf8');
  return /^\uFEFF?\s*<(?:!doctype\s+html|html|head|body|meta|script|title)\b/i.test(text);
}
