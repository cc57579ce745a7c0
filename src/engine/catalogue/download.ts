import { open, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EnvHttpProxyAgent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { UserError } from '../../core/errors.ts';
import { makeFolder } from '../../formats/files/make-folder.ts';
import { addressText, downloadText } from '../../text/index.ts';
import { finishDownload } from './finish-download.ts';
import type { ReceivedFile, Download, Downloaded } from './finish-download.ts';
import {
  finalFailure,
  hostOf,
  TemporaryFailure,
  requireSuccess,
  downloadStopped,
  incompleteFile,
  connectionFailure,
} from './download-failures.ts';
import {
  forgetPart,
  resumableBytes,
  noPart,
  notePart,
  onDisk,
  openPart,
  partPath,
} from './download-part.ts';
import type { PartialDownload } from './download-part.ts';
import { requestFile, withoutPassword } from './http.ts';
import type { FileResponse } from './http.ts';

export interface DownloadContext {
  readonly signal: AbortSignal;
  /**
   * Called for every received part.
   *
   * @param total null until the server states it
   */
  report(done: number, total: number | null): void;
}

/** Limits on retries and waiting. */
export interface DownloadLimits {
  /** Consecutive attempts without progress. */
  readonly attempts: number;
  /** Pause before the second attempt, ms; doubled before each further one. */
  readonly pauseMs: number;
  /** Longest time without a byte, ms. */
  readonly silenceMs: number;
}

export const defaultDownloadLimits: DownloadLimits = {
  attempts: 6,
  pauseMs: 1000,
  silenceMs: 30_000,
};

/** Upper limit on a file's size, bytes; larger than any teacher that can be distilled here. */
const largest = 40e9;
/** Free space that a disk should have left afterwards, bytes. */
const spare = 200e6;

/**
 * Downloads a file. The partial download is kept next to it under another name, so that an interrupted or cancelled
 * download resumes. The caller ensures that no other process downloads the same file at the same time.
 *
 * @throws UserError 'cancelled', 'network', 'disk', 'too-large', 'invalid-file' if the content is not the expected
 * one
 */
export async function downloadFile(
  download: Download,
  context: DownloadContext,
  limits: DownloadLimits = defaultDownloadLimits,
): Promise<Downloaded> {
  await makeFolder(dirname(download.file));
  const dispatcher = dispatcherOf(download.proxy);
  try {
    const arrival = await downloadWithRetries(download, dispatcher, context, limits);
    return await finishDownload(download, arrival);
  } finally {
    await dispatcher.destroy();
  }
}

function dispatcherOf(proxy: string | null): Dispatcher {
  if (proxy === null) return new EnvHttpProxyAgent();
  try {
    return new ProxyAgent(proxy);
  } catch (error) {
    throw new UserError('invalid-option', addressText.unusableProxy(proxy), String(error));
  }
}

/** Retries until the file is complete. */
async function downloadWithRetries(
  download: Download,
  dispatcher: Dispatcher,
  context: DownloadContext,
  { attempts, pauseMs, silenceMs }: DownloadLimits,
): Promise<ReceivedFile> {
  const { file } = download;
  const address = withoutPassword(download.url);
  let failures = 0;
  let continues = true;
  for (;;) {
    const part = continues ? await openPart(file, address) : noPart;
    try {
      return await attemptDownload(
        { ...download, part, continues },
        dispatcher,
        context,
        silenceMs,
      );
    } catch (error) {
      const kept = await resumableBytes(file);
      if (context.signal.aborted) throw downloadStopped(kept > 0);
      if (!(error instanceof TemporaryFailure)) throw error;
      if (error.startsOver) {
        await forgetPart(file);
        continues = false;
      }
      failures = kept > part.bytes ? 1 : failures + 1;
      if (failures >= attempts) throw finalFailure(error.last, kept > 0 && !error.startsOver);
      const pause = error.retryAfterMs ?? pauseMs * 2 ** (failures - 1);
      await wait(pause, undefined, { signal: context.signal }).catch(() => {
        throw downloadStopped(kept > 0 && !error.startsOver);
      });
    }
  }
}

interface Attempt extends Download {
  readonly part: PartialDownload;
  /** True if another attempt may resume where this one ends. */
  readonly continues: boolean;
}

/** Makes one attempt, resuming where the last one ended. */
async function attemptDownload(
  attempt: Attempt,
  dispatcher: Dispatcher,
  context: DownloadContext,
  silenceMs: number,
): Promise<ReceivedFile> {
  const { file, url, part, continues } = attempt;
  const range: Record<string, string> =
    part.bytes > 0 && part.etag !== null
      ? { range: `bytes=${part.bytes}-`, 'if-range': part.etag }
      : {};
  const silence = new StallWatchdog(silenceMs, context.signal);
  let isOfUse = true;
  try {
    const answer = await requestFile(
      url,
      range,
      dispatcher,
      silence.signal,
      attempt.plainHttp,
    ).catch((error: unknown) => {
      throw error instanceof UserError ? error : connectionLost(error, url, silence);
    });
    silence.heard();
    requireSuccess(answer, attempt);
    requireContinuation(answer, part, url);
    const { total, sha256: promised, isPage } = answer;
    // The whole file had been received before.
    if (answer.status === 416) return { bytes: part.bytes, promised, isPage };
    const start = answer.start ?? 0;
    await requireDiskSpace(file, url, total === null ? null : total - start);
    if (start === 0) {
      // The bytes of another version must not be kept under this one's identifiers.
      await forgetPart(file);
      const { etag, changed } = continues ? answer : noPart;
      isOfUse = etag !== null;
      await notePart(file, withoutPassword(url), { etag, changed });
    }
    const bytes = await receive(attempt, answer, start, silence, context);
    if (total !== null && bytes < total) {
      const why = downloadText.tooShort({ received: bytes, announced: total });
      throw new TemporaryFailure(incompleteFile(url, why));
    }
    if (total !== null && bytes > total) {
      const why = downloadText.tooLong({ received: bytes, announced: total });
      throw new TemporaryFailure(incompleteFile(url, why), { startsOver: true });
    }
    return { bytes, promised, isPage };
  } catch (error) {
    // Only the original failure is reported.
    if (!isOfUse) await forgetPart(file).catch(() => undefined);
    throw error;
  } finally {
    silence.close();
  }
}

/** Appends the body from byte `start` on; returns the end position. */
async function receive(
  { file, url }: Download,
  { body, total }: FileResponse,
  start: number,
  silence: StallWatchdog,
  context: DownloadContext,
): Promise<number> {
  const path = partPath(file);
  const handle = await onDisk(path, () => open(path, start === 0 ? 'w' : 'r+'));
  let done = start;
  try {
    context.report(done, total);
    for await (const chunk of watchedBody(body, url, silence)) {
      if (done + chunk.length > largest) throw tooLarge(url);
      await onDisk(path, () => writeAll(handle, chunk, done));
      done += chunk.length;
      context.report(done, total);
    }
    await onDisk(path, () => handle.sync());
  } finally {
    await handle.close();
  }
  return done;
}

/** Writes a whole chunk: a nearly full disk may accept only a part of it. */
async function writeAll(handle: FileHandle, chunk: Uint8Array, place: number): Promise<void> {
  for (let at = 0; at < chunk.length;) {
    at += (await handle.write(chunk, at, chunk.length - at, place + at)).bytesWritten;
  }
}

/** Returns the body of an answer, whose read failures are reported as network failures, not disk failures. */
async function* watchedBody(
  body: FileResponse['body'],
  url: string,
  silence: StallWatchdog,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      silence.heard();
      yield chunk;
    }
  } catch (error) {
    throw connectionLost(error, url, silence);
  }
}

function connectionLost(
  error: unknown,
  url: string,
  { isSilent }: StallWatchdog,
): TemporaryFailure {
  return isSilent
    ? new TemporaryFailure(incompleteFile(url, downloadText.silent))
    : connectionFailure(url, error);
}

/**
 * Checks that an answer is the whole file or the rest of the partial one: some servers ignore the range request.
 *
 * @throws UserError, or TemporaryFailure if requesting the whole file may help
 */
function requireContinuation(answer: FileResponse, part: PartialDownload, url: string): void {
  const why = mismatchReason(answer, part);
  if (why === undefined) return;
  const failure = incompleteFile(url, why);
  throw part.bytes > 0 ? new TemporaryFailure(failure, { startsOver: true }) : failure;
}

/** Returns the reason why an answer does not fit, one of `downloadText`; undefined if it fits. */
function mismatchReason(
  { status, start, total, etag, changed }: FileResponse,
  part: PartialDownload,
): string | undefined {
  if (status !== 206 && status !== 416) return undefined;
  const isChanged = changed !== null && part.changed !== null && changed !== part.changed;
  const isOther = part.bytes > 0 && (etag !== part.etag || isChanged);
  if (status === 416) {
    if (part.bytes === 0) return downloadText.wholeRangeRefused;
    // An answer without a body often names no version.
    return total === part.bytes && (etag === null || !isOther)
      ? undefined
      : downloadText.otherVersion;
  }
  if (start === undefined) return downloadText.rangeNotStated;
  if (start !== part.bytes) return downloadText.otherRange({ start, requested: part.bytes });
  return isOther ? downloadText.otherVersion : undefined;
}

/** Watchdog that aborts when nothing is received for a while. */
class StallWatchdog {
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

function tooLarge(url: string): UserError {
  return new UserError('too-large', downloadText.tooLarge(hostOf(url), largest / 1e9));
}

async function requireDiskSpace(file: string, url: string, needed: number | null): Promise<void> {
  if (needed === null) return;
  if (needed > largest) throw tooLarge(url);
  const { bavail, bsize } = await onDisk(file, () => statfs(dirname(file)));
  const free = bavail * bsize;
  if (free >= needed + spare) return;
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
  throw new UserError(
    'disk',
    downloadText.diskTooSmall(dirname(file), { free: gigabytes(free), needed: gigabytes(needed) }),
  );
}
