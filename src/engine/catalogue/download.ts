import { open, statfs } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EnvHttpProxyAgent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import { UserError } from '../../core/errors.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { takeArrival } from './arrival.ts';
import type { Arrival, Download, Downloaded } from './arrival.ts';
import {
  givenUp,
  hostOf,
  Passing,
  refuse,
  stopped,
  unexpected,
  unreached,
} from './download-failures.ts';
import {
  forgetPart,
  keptBytes,
  noPart,
  notePart,
  onDisk,
  openPart,
  partPath,
} from './download-part.ts';
import type { Part } from './download-part.ts';
import { ask, withoutPassword } from './http.ts';
import type { Answer } from './http.ts';

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

/**
 * Fetches a file. What has come is kept beside it under another name, so that an interrupted download goes on from
 * there; a cancelled one does too. The caller sees to it that nobody else fetches it at the same time.
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
    const arrival = await fetchAll(download, dispatcher, context, patience);
    return await takeArrival(download, arrival);
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

/** Attempts until all is there. */
async function fetchAll(
  download: Download,
  dispatcher: Dispatcher,
  context: DownloadContext,
  { attempts, pauseMs, silenceMs }: DownloadPatience,
): Promise<Arrival> {
  const { file } = download;
  const address = withoutPassword(download.url);
  let failures = 0;
  let goesOn = true;
  for (;;) {
    const part = goesOn ? await openPart(file, address) : noPart;
    try {
      return await fetchOn({ ...download, part, goesOn }, dispatcher, context, silenceMs);
    } catch (error) {
      const kept = await keptBytes(file);
      if (context.signal.aborted) throw stopped(kept > 0);
      if (!(error instanceof Passing)) throw error;
      if (error.beginsAnew) {
        await forgetPart(file);
        goesOn = false;
      }
      failures = kept > part.bytes ? 1 : failures + 1;
      if (failures >= attempts) throw givenUp(error.last, kept > 0 && !error.beginsAnew);
      const pause = error.retryAfterMs ?? pauseMs * 2 ** (failures - 1);
      await wait(pause, undefined, { signal: context.signal }).catch(() => {
        throw stopped(kept > 0 && !error.beginsAnew);
      });
    }
  }
}

interface Attempt extends Download {
  readonly part: Part;
  /** Whether another attempt may go on where this one ends. */
  readonly goesOn: boolean;
}

/** One attempt, from where the last one ended. */
async function fetchOn(
  attempt: Attempt,
  dispatcher: Dispatcher,
  context: DownloadContext,
  silenceMs: number,
): Promise<Arrival> {
  const { file, url, part, goesOn } = attempt;
  const range: Record<string, string> =
    part.bytes > 0 && part.etag !== null
      ? { range: `bytes=${part.bytes}-`, 'if-range': part.etag }
      : {};
  const silence = new Silence(silenceMs, context.signal);
  let isOfUse = true;
  try {
    const answer = await ask(url, range, dispatcher, silence.signal, attempt.plainHttp).catch(
      (error: unknown) => {
        throw error instanceof UserError ? error : lost(error, url, silence);
      },
    );
    silence.heard();
    refuse(answer, attempt);
    requireContinuation(answer, part, url);
    const { total, sha256: promised, isPage } = answer;
    // All of it had come.
    if (answer.status === 416) return { bytes: part.bytes, promised, isPage };
    const start = answer.start ?? 0;
    await requireRoom(file, url, total === null ? null : total - start);
    if (start === 0) {
      // No bytes of another content may lie under its name.
      await forgetPart(file);
      const { etag, changed } = goesOn ? answer : noPart;
      isOfUse = etag !== null;
      await notePart(file, withoutPassword(url), { etag, changed });
    }
    const bytes = await receive(attempt, answer, start, silence, context);
    if (total !== null && bytes < total) {
      throw new Passing(unexpected(url, `it ended after ${bytes} of ${total} bytes`));
    }
    if (total !== null && bytes > total) {
      const what = `it sent ${bytes} bytes and had promised ${total}`;
      throw new Passing(unexpected(url, what), { beginsAnew: true });
    }
    return { bytes, promised, isPage };
  } catch (error) {
    // The failure itself is what is to be told.
    if (!isOfUse) await forgetPart(file).catch(() => undefined);
    throw error;
  } finally {
    silence.close();
  }
}

/** Writes what comes from a place in the file on; gives the place where it ends. */
async function receive(
  { file, url }: Download,
  { body, total }: Answer,
  start: number,
  silence: Silence,
  context: DownloadContext,
): Promise<number> {
  const path = partPath(file);
  const handle = await onDisk(path, () => open(path, start === 0 ? 'w' : 'r+'));
  let done = start;
  try {
    context.report(done, total);
    for await (const chunk of heard(body, url, silence)) {
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

/** A disk that is nearly full takes a part of what it is given. */
async function writeAll(handle: FileHandle, chunk: Uint8Array, place: number): Promise<void> {
  for (let at = 0; at < chunk.length;) {
    at += (await handle.write(chunk, at, chunk.length - at, place + at)).bytesWritten;
  }
}

/** A body whose failures are told from those of the disk. */
async function* heard(
  body: Answer['body'],
  url: string,
  silence: Silence,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      silence.heard();
      yield chunk;
    }
  } catch (error) {
    throw lost(error, url, silence);
  }
}

function lost(error: unknown, url: string, { isSilent }: Silence): Passing {
  return isSilent
    ? new Passing(unexpected(url, 'it sent nothing for a while'))
    : unreached(url, error);
}

/**
 * Whether an answer is the whole, or the rest of what has come: servers are known that pass over what they are asked.
 *
 * @throws UserError, or Passing where asking for the whole may help
 */
function requireContinuation(answer: Answer, part: Part, url: string): void {
  const what = strangeness(answer, part);
  if (what === undefined) return;
  const said = unexpected(url, what);
  throw part.bytes > 0 ? new Passing(said, { beginsAnew: true }) : said;
}

/** Follows on "did not send the whole file: ". */
function strangeness(
  { status, start, total, etag, changed }: Answer,
  part: Part,
): string | undefined {
  if (status !== 206 && status !== 416) return undefined;
  const isChanged = changed !== null && part.changed !== null && changed !== part.changed;
  const isOther = part.bytes > 0 && (etag !== part.etag || isChanged);
  if (status === 416) {
    if (part.bytes === 0) return 'it answers with 416, as if a part of it had been asked for';
    // An answer without a content often names none.
    return total === part.bytes && (etag === null || !isOther)
      ? undefined
      : 'it has another file by now';
  }
  if (start === undefined) return 'it does not say which part it sends';
  if (start !== part.bytes) return `it went on at byte ${start}, not ${part.bytes}`;
  return isOther ? 'it has another file by now' : undefined;
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
