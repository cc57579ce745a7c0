import { rename, rm, stat } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { hashOfFile } from '../../formats/files/file-hash.ts';
import { readHead } from '../../formats/raster/file-source.ts';
import { downloadText } from '../../text/index.ts';
import { hostOf, webPage } from './download-failures.ts';
import { forgetPart, onDisk, partPath } from './download-part.ts';

/** Checks on a completely downloaded file before it gets its final name. */

/** A file to download, and its destination. */
export interface Download {
  readonly url: string;
  /** Absolute path; an older file is replaced once the new one is complete and verified. */
  readonly file: string;
  /** SHA-256 in hexadecimal, or its first digits; null if unknown. */
  readonly sha256: string | null;
  /** Size in bytes as the source lists it, possibly rounded to three digits; null if not listed. */
  readonly listed: number | null;
  /** Proxy, such as `http://proxy:3128`; null for the environment's, if any. */
  readonly proxy: string | null;
  /** True if unencrypted addresses are allowed beyond this computer. */
  readonly plainHttp: boolean;
  /**
   * Checks the downloaded file before it gets its final name.
   *
   * @throws UserError for a file that must not be kept
   */
  readonly check: (path: string) => Promise<void>;
}

/** A complete download before its content is checked. */
export interface ReceivedFile {
  readonly bytes: number;
  /** SHA-256 that the server announced. */
  readonly promised: string | null;
  /** True if the server sent it as HTML. */
  readonly isPage: boolean;
}

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
  /**
   * True if the content matches a SHA-256 known in full beforehand: a few first digits could be forged.
   */
  readonly isVerified: boolean;
}

/** Hexadecimal digits of a SHA-256. */
const wholeHash = 64;

/**
 * Compares the content with its known hash or size, and gives the file its final name.
 *
 * @throws UserError 'invalid-file' if it must not be kept, 'disk'
 */
export async function finishDownload(
  download: Download,
  arrival: ReceivedFile,
): Promise<Downloaded> {
  const { file, sha256 } = download;
  const part = partPath(file);
  const { size: bytes } = await onDisk(part, () => stat(part));
  if (bytes !== arrival.bytes) {
    await forgetPart(file);
    throw new UserError(
      'disk',
      downloadText.partChanged(part, { found: bytes, received: arrival.bytes }),
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
    throw isPage ? webPage() : refusedFile(error, download);
  }
  await onDisk(file, () => rename(part, file));
  await rm(`${part}.json`, { force: true });
  return { bytes, sha256: found, isVerified };
}

function refusedFile({ message, details }: UserError, { file, url }: Download): UserError {
  return new UserError(
    'invalid-file',
    downloadText.otherFile(hostOf(url), message.replaceAll(partPath(file), file)),
    details,
  );
}

function requireHash({ sha256 }: Download, { promised }: ReceivedFile, found: string): void {
  for (const expected of [sha256, promised]) {
    if (expected === null || found.startsWith(expected.toLowerCase())) continue;
    throw new UserError(
      'invalid-file',
      downloadText.otherHash({ found: found.slice(0, 8), expected: expected.slice(0, 8) }),
      `${found}\n${expected}`,
    );
  }
}

/** Checks the size, the only sign of a truncated body when no hash is known. */
function requireSize({ listed }: Download, bytes: number): void {
  if (listed === null) return;
  // Listed sizes of three digits are rounded up or down.
  const digit = Math.max(1, 10 ** (Math.floor(Math.log10(listed)) - 2));
  const slack = listed % digit === 0 ? digit : 0;
  if (Math.abs(bytes - listed) <= slack) return;
  throw new UserError('invalid-file', downloadText.otherSize({ found: bytes, listed }));
}

async function looksLikePage(path: string): Promise<boolean> {
  const text = Buffer.from(await readHead(path, 512)).toString('utf8');
  return /^\uFEFF?\s*<(?:!doctype\s+html|html|head|body|meta|script|title)\b/i.test(text);
}
