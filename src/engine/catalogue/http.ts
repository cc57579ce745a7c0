import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { isSafeFromOthers } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { addressText } from '../../text/index.ts';

/** A server's answer to a request for a file. */
export interface FileResponse {
  readonly status: number;
  /** First byte of the body within the file; undefined if the server does not resume. */
  readonly start: number | undefined;
  /** Bytes of the whole file; null if the server does not state it. */
  readonly total: number | null;
  /** Strong ETag of the content; null if there is none. */
  readonly etag: string | null;
  /** Last-Modified header as the server wrote it. */
  readonly changed: string | null;
  /** Content encoding sent although `identity` was requested; null if there is none. */
  readonly packed: string | null;
  /** True if the server sent it as HTML. */
  readonly isPage: boolean;
  /** SHA-256 of the content, if the server states it. */
  readonly sha256: string | null;
  readonly retryAfterMs: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

const mostRedirects = 6;
const longestPauseMs = 60_000;

/**
 * Requests a file and follows redirects, which model stores use. Never redirects from https to http; a name and a
 * password in an address are sent only to that server.
 *
 * @param plainHttp true if unencrypted addresses are allowed beyond this computer
 * @throws UserError 'network' if redirects do not end, leave a secure connection or are not web addresses, and
 * undici's errors
 */
export async function requestFile(
  url: string,
  headers: Readonly<Record<string, string>>,
  dispatcher: Dispatcher,
  signal: AbortSignal,
  plainHttp: boolean,
): Promise<FileResponse> {
  let at = new URL(url);
  let authorization = authorizationIn(at);
  let sha256: string | null = null;
  for (let redirect = 0; redirect <= mostRedirects; redirect++) {
    if (!plainHttp && !isSafeFromOthers(at.href)) throw notEncrypted(at, redirect > 0);
    const answer = await request(at, {
      headers: {
        ...headers,
        'accept-encoding': 'identity',
        'user-agent': 'Understudy',
        ...(authorization !== undefined && { authorization }),
      },
      dispatcher,
      signal,
    });
    // Hugging Face states the hash of files in its large-file store on the redirect.
    sha256 ??= hashIn(headerOf(answer, 'x-linked-etag'));
    const location = headerOf(answer, 'location');
    const isRedirect = answer.statusCode >= 300 && answer.statusCode < 400;
    if (!isRedirect || location === undefined) return fileResponseOf(answer, sha256);
    await answer.body.dump();
    const next = nextAddress(location, at);
    authorization =
      authorizationIn(next) ?? (next.origin === at.origin ? authorization : undefined);
    at = next;
  }
  throw new UserError('network', addressText.endlessRedirects(new URL(url).host));
}

function fileResponseOf(answer: Dispatcher.ResponseData, sha256: string | null): FileResponse {
  const header = (name: string): string | undefined => headerOf(answer, name);
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(header('content-range') ?? '');
  const length = Number(header('content-length') ?? NaN);
  const start = range?.[1] === undefined ? undefined : Number(range[1]);
  const whole = Number.isSafeInteger(length) ? length : null;
  // In other answers the length is that of the error text.
  const isWhole = answer.statusCode === 200;
  const packed = header('content-encoding')?.trim().toLowerCase() ?? 'identity';
  return {
    status: answer.statusCode,
    start: answer.statusCode === 206 ? start : undefined,
    total: range ? Number(range[2]) : isWhole ? whole : null,
    etag: strong(header('etag')),
    changed: header('last-modified') ?? null,
    packed: packed === 'identity' || packed === '' ? null : packed,
    isPage: /^text\/html\b/i.test(header('content-type') ?? ''),
    sha256,
    retryAfterMs: pauseOf(header('retry-after')),
    body: answer.body,
  };
}

function notEncrypted({ host }: URL, isRedirect: boolean): UserError {
  return new UserError(
    'network',
    isRedirect ? addressText.redirectNotEncrypted(host) : addressText.notEncrypted(host),
  );
}

/** Address without name and password, for messages and files. */
export function withoutPassword(url: string): string {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address.href;
}

/**
 * Returns the basic authorization header (RFC 7617) for the name and password in an address; undefined without them.
 */
function authorizationIn({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const both = `${unescaped(username)}:${unescaped(password)}`;
  return `Basic ${Buffer.from(both).toString('base64')}`;
}

/** Decodes percent escapes; a text with a literal percent sign stays as it is. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws UserError for a redirect that cannot be followed */
function nextAddress(location: string, at: URL): URL {
  const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
  if (next?.protocol !== 'http:' && next?.protocol !== 'https:') {
    throw new UserError(
      'network',
      next === undefined
        ? addressText.redirectInvalid(at.host)
        : addressText.redirectOfOtherKind(at.host, next),
      location.slice(0, 200),
    );
  }
  if (at.protocol === 'https:' && next.protocol !== 'https:') {
    throw new UserError('network', addressText.redirectNotSecure({ from: at.host, to: next.host }));
  }
  return next;
}

/** Returns the first value of a header. */
function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function hashIn(etag: string | undefined): string | null {
  return /^"?([0-9a-f]{64})"?$/.exec(etag ?? '')?.[1] ?? null;
}

/** Returns the ETag if it is strong: a weak one may stay the same while bytes change. */
function strong(etag: string | undefined): string | null {
  return etag?.startsWith('"') === true ? etag : null;
}

function pauseOf(seconds: string | undefined): number | undefined {
  const value = Number(seconds ?? NaN);
  return Number.isFinite(value) && value >= 0 ? Math.min(1000 * value, longestPauseMs) : undefined;
}
