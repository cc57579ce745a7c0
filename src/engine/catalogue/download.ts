import { open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EnvHttpProxyAgent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { UserError } from '../../core/errors.ts';
import { writeFailure } from '../../formats/file-errors.ts';
import { hashOfFile } from '../../formats/file-hash.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { forgetPart, openPart, notePart, partPath } from './download-part.ts';
import { ask } from './http.ts';
import type { Answer } from './http.ts';

/** What to fetch, and where it goes. */
export interface Download {
  readonly url: string;
  /** Absolute; an older file is replaced once the new one is whole and right. */
  readonly file: string;
  /** SHA-256 in hexadecimal, or its first digits; null where nobody knows it. */
  readonly sha256: string | null;
  /** As `http://proxy:3128`; without one the environment's, if there is any. */
  readonly proxy: string | null;
}

export interface DownloadContext {
  readonly signal: AbortSignal;
  /** Told of every part that came. @param total null while the server has not said it */
  report(done: number, total: number | null): void;
}

/** How long a download bears with a server. */
export interface DownloadPatience {
  /** Attempts in a row that bring nothing. */
  readonly attempts: number;
  /** Before the second attempt; twice as long before each one after it, ms. */
  readonly pauseMs: number;
  /** Without a byte, ms. */
  readonly silenceMs: number;
}

export const usualPatience: DownloadPatience = { attempts: 6, pauseMs: 1000, silenceMs: 30_000 };

/** Beyond every teacher that could be distilled here. */
const largest = 40e9;
/** Room that a disk should have left afterwards. */
const spare = 200e6;

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
  /** Whether the content was compared with what the catalogue or the server says of it. */
  readonly isVerified: boolean;
}

/**
 * Fetches a file. What has come is kept beside it under another name, so that an interrupted download goes on from
 * there; a cancelled one does too.
 *
 * @throws UserError 'cancelled', 'network', 'disk', 'too-large', 'invalid-file' where the content is not what it should be
 */
export async function downloadFile(
  download: Download,
  context: DownloadContext,
  patience: DownloadPatience = usualPatience,
): Promise<Downloaded> {
  await makeFolder(dirname(download.file));
  const dispatcher = dispatcherOf(download.proxy);
  try {
    const promised = await fetchAll(download, dispatcher, context, patience);
    return await finish(download, promised);
  } finally {
    await dispatcher.destroy();
  }
}

function dispatcherOf(proxy: string | null): Dispatcher {
  if (proxy === null) return new EnvHttpProxyAgent();
  try {
    return new ProxyAgent(proxy);
  } catch (error) {
    throw new UserError(
      'invalid-option',
      `${proxy} is no address of a proxy. Write it as http://proxy.example:3128.`,
      String(error),
    );
  }
}

/** Attempts until all is there; gives the hash that the server promises. */
async function fetchAll(
  download: Download,
  dispatcher: Dispatcher,
  context: DownloadContext,
  { attempts, pauseMs, silenceMs }: DownloadPatience,
): Promise<string | null> {
  let failures = 0;
  for (;;) {
    const before = (await openPart(download.file, download.url)).bytes;
    try {
      return await fetchOn(download, dispatcher, context, silenceMs);
    } catch (error) {
      if (context.signal.aborted) throw stopped();
      if (!(error instanceof Passing)) throw error;
      const { bytes } = await openPart(download.file, download.url);
      failures = bytes > before ? 1 : failures + 1;
      if (failures >= attempts) throw error.last;
      const pause = error.retryAfterMs ?? pauseMs * 2 ** (failures - 1);
      await wait(pause, undefined, { signal: context.signal }).catch(() => {
        throw stopped();
      });
    }
  }
}

/** A failure that may pass by itself. */
class Passing extends Error {
  /** What to say when it does not. */
  readonly last: UserError;
  readonly retryAfterMs: number | undefined;

  constructor(last: UserError, retryAfterMs?: number) {
    super(last.message);
    this.last = last;
    this.retryAfterMs = retryAfterMs;
  }
}

function stopped(): UserError {
  return new UserError(
    'cancelled',
    'Stopped. What has come is kept; the next download goes on from there.',
  );
}

/** One attempt, from where the last one ended. */
async function fetchOn(
  download: Download,
  dispatcher: Dispatcher,
  context: DownloadContext,
  silenceMs: number,
): Promise<string | null> {
  const { file, url } = download;
  const part = await openPart(file, url);
  const range: Record<string, string> =
    part.bytes > 0 && part.etag !== null
      ? { range: `bytes=${part.bytes}-`, 'if-range': part.etag }
      : {};
  const silence = new Silence(silenceMs, context.signal);
  try {
    const answer = await ask(url, range, dispatcher, silence.signal);
    silence.heard();
    refuse(answer, download);
    const start = answer.start ?? 0;
    // All of it had come, or the server has another file by now.
    if (answer.status === 416) {
      if (answer.total === part.bytes) return answer.sha256;
      await forgetPart(file);
      throw new Passing(unexpected(url, 'it has another file by now'));
    }
    if (start !== 0 && start !== part.bytes) {
      throw new Passing(unexpected(url, `it went on at byte ${start}, not ${part.bytes}`));
    }
    const { total } = answer;
    await requireRoom(file, url, total === null ? null : total - start);
    // No bytes of another content may lie under its name.
    if (start === 0) await forgetPart(file);
    await notePart(file, { url, etag: answer.etag });
    const handle = await onDisk(file, () => open(partPath(file), start === 0 ? 'w' : 'r+'));
    let done = start;
    try {
      context.report(done, total);
      for await (const chunk of answer.body) {
        silence.heard();
        if (done + chunk.length > largest) throw tooLarge(url);
        await onDisk(file, () => handle.write(chunk, 0, chunk.length, done));
        done += chunk.length;
        context.report(done, total);
      }
      await onDisk(file, () => handle.sync());
    } finally {
      await handle.close();
    }
    if (total !== null && done < total) {
      throw new Passing(unexpected(url, `it ended after ${done} of ${total} bytes`));
    }
    if (total !== null && done > total) {
      await forgetPart(file);
      throw new Passing(unexpected(url, `it sent ${done} bytes and had promised ${total}`));
    }
    return answer.sha256;
  } catch (error) {
    throw failureOf(error, download, silence.isSilent);
  } finally {
    silence.close();
  }
}

/** Aborts once nothing was heard for a while. */
class Silence {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  isSilent = false;

  constructor(ms: number, outer: AbortSignal) {
    this.#ms = ms;
    this.signal = AbortSignal.any([outer, this.#controller.signal]);
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isSilent = true;
      this.#controller.abort();
    }, this.#ms);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

/** Tells failures of the disk from those of the network, whose errors look alike. */
async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeFailure(error, file);
  }
}

function failureOf(error: unknown, { url }: Download, isSilent: boolean): unknown {
  if (error instanceof UserError || error instanceof Passing) return error;
  if (isSilent) return new Passing(unexpected(url, 'it sent nothing for a while'));
  return new Passing(
    new UserError(
      'network',
      `${hostOf(url)} could not be reached, or the connection broke. Check the network, name a proxy or a mirror, or bring the file by hand.`,
      causeOf(error),
    ),
  );
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? `${String(error)}: ${cause.message}` : String(error);
}

/** @throws UserError for answers that will stay the same, Passing for others */
function refuse({ status, retryAfterMs }: Answer, { url, proxy }: Download): void {
  if (status === 200 || status === 206 || status === 416) return;
  const host = hostOf(url);
  if (status === 401 || status === 403) {
    throw new UserError(
      'network',
      `${host} gives this file only to those who have agreed to its terms (${status}). Open its page in a browser, agree, download it there, and drop it here.`,
    );
  }
  if (status === 404 || status === 410) {
    throw new UserError(
      'network',
      `${host} has no such file any more (${status}). Look for it on its page and bring it by hand, or name a mirror that has it.`,
      url,
    );
  }
  if (status === 407) {
    throw new UserError(
      'network',
      `The proxy ${proxy ?? ''} wants a name and a password (407). Write them into its address, as http://name:password@proxy.example:3128.`,
    );
  }
  const said = new UserError('network', `${host} answers with ${status}. Try again later.`, url);
  if (status === 429 || status >= 500) throw new Passing(said, retryAfterMs);
  throw said;
}

function unexpected(url: string, what: string): UserError {
  return new UserError(
    'network',
    `${hostOf(url)} did not send the whole file: ${what}. What has come is kept; try again.`,
  );
}

function tooLarge(url: string): UserError {
  return new UserError(
    'too-large',
    `${hostOf(url)} sends more than ${largest / 1e9} GB, which is no teacher that could be used here.`,
  );
}

async function requireRoom(file: string, url: string, needed: number | null): Promise<void> {
  if (needed === null) return;
  if (needed > largest) throw tooLarge(url);
  const { bavail, bsize } = await onDisk(file, () => statfs(dirname(file)));
  const free = bavail * bsize;
  if (free >= needed + spare) return;
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  throw new UserError(
    'disk',
    `${dirname(file)} has ${gigabytes(free)} GB left, and the file needs ${gigabytes(needed)} GB more. Free some space or choose another folder.`,
  );
}

/** Compares the content with what is known of it, and gives it its name. */
async function finish(download: Download, promised: string | null): Promise<Downloaded> {
  const { file, url, sha256 } = download;
  const part = partPath(file);
  const [{ size: bytes }, hash] = await Promise.all([stat(part), hashOfFile(part)]);
  const found = hash.toString('hex');
  for (const expected of [sha256, promised]) {
    if (expected === null || found.startsWith(expected.toLowerCase())) continue;
    await forgetPart(file);
    throw new UserError(
      'invalid-file',
      `What ${hostOf(url)} sent is not the file that was wanted: its SHA-256 begins with ${found.slice(0, 8)} where ${expected.slice(0, 8)} was expected. It was deleted; try again, or name another mirror.`,
      `${found}\n${expected}`,
    );
  }
  await onDisk(file, () => rename(part, file));
  await rm(`${part}.json`, { force: true });
  return { bytes, sha256: found, isVerified: sha256 !== null || promised !== null };
}

function hostOf(url: string): string {
  return new URL(url).host;
}
