import { request } from 'undici';
import type { Dispatcher } from 'undici';
import { isSafeFromOthers } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';

/** What a server answers to a wish for a file. */
export interface Answer {
  readonly status: number;
  /** Where in the file the body begins; undefined where the server does not go on. */
  readonly start: number | undefined;
  /** Bytes of the whole file; null where the server does not say. */
  readonly total: number | null;
  /** Its name for this very content; null where there is none that one can rely on. */
  readonly etag: string | null;
  /** When it was changed last, as the server writes it. */
  readonly changed: string | null;
  /** As what it is packed, in spite of the wish that it be not; null for what comes as it is. */
  readonly packed: string | null;
  /** Whether the server calls it a page for people. */
  readonly isPage: boolean;
  /** Of the content, where the server says it. */
  readonly sha256: string | null;
  readonly retryAfterMs: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

const mostRedirects = 6;
const longestPauseMs = 60_000;

/**
 * Asks for a file, and follows the server where it sends one, as stores of models do. A secure address is never left for
 * one that is not; a name and a password in an address go to its own server alone.
 *
 * @param plainHttp whether addresses without encryption are allowed beyond this computer
 * @throws UserError 'network' where it leads in circles, away from a secure connection or to what is no address of the
 * web, and what undici throws
 */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  dispatcher: Dispatcher,
  signal: AbortSignal,
  plainHttp: boolean,
): Promise<Answer> {
  let at = new URL(url);
  let authorization = authorizationIn(at);
  let sha256: string | null = null;
  for (let redirect = 0; redirect <= mostRedirects; redirect++) {
    if (!plainHttp && !isSafeFromOthers(at.href)) throw notEncrypted(at, redirect > 0);
    const answer = await request(at, {
      headers: {
        ...{ ...headers, 'accept-encoding': 'identity', 'user-agent': 'Understudy' },
        ...(authorization !== undefined && { authorization }),
      },
      dispatcher,
      signal,
    });
    const header = (name: string): string | undefined => first(answer.headers[name]);
    // Hugging Face says it of files in its large store, on the way there.
    sha256 ??= hashIn(header('x-linked-etag'));
    const location = header('location');
    if (answer.statusCode < 300 || answer.statusCode >= 400 || location === undefined) {
      const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(header('content-range') ?? '');
      const length = Number(header('content-length') ?? NaN);
      const start = range?.[1] === undefined ? undefined : Number(range[1]);
      const whole = Number.isSafeInteger(length) ? length : null;
      // Of other answers the length is that of what they say.
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
    await answer.body.dump();
    const next = nextAddress(location, at);
    if (at.protocol === 'https:' && next.protocol !== 'https:') {
      throw new UserError(
        'network',
        `${at.host} leads to an address that is not secure (${next.host}). Nothing was fetched.`,
      );
    }
    authorization =
      authorizationIn(next) ?? (next.origin === at.origin ? authorization : undefined);
    at = next;
  }
  throw new UserError(
    'network',
    `${new URL(url).host} leads from one address to the next without end.`,
  );
}

function notEncrypted({ host }: URL, isRedirect: boolean): UserError {
  const what = isRedirect ? 'The server leads to' : 'The address is of';
  return new UserError(
    'network',
    `${what} ${host} without encryption (http), where anybody on the way could send another file. Nothing was fetched.`,
  );
}

/** The same without a name and a password, for people and for what is written down. */
export function withoutPassword(url: string): string {
  const address = new URL(url);
  address.username = '';
  address.password = '';
  return address.href;
}

/** What a server asks for in place of a name and a password (RFC 7617); undefined where there are none. */
function authorizationIn({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const both = `${unescaped(username)}:${unescaped(password)}`;
  return `Basic ${Buffer.from(both).toString('base64')}`;
}

/** A percent sign may also be one. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws UserError for what cannot be followed */
function nextAddress(location: string, at: URL): URL {
  const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
  if (next?.protocol === 'http:' || next?.protocol === 'https:') return next;
  const where =
    next === undefined ? 'something that is no address' : `an address of “${next.protocol}”`;
  throw new UserError(
    'network',
    `${at.host} leads to ${where}, which is not followed. Nothing was fetched; name another mirror, or bring the file by hand.`,
    location.slice(0, 200),
  );
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function hashIn(etag: string | undefined): string | null {
  return /^"?([0-9a-f]{64})"?$/.exec(etag ?? '')?.[1] ?? null;
}

/** A weak one may stay while bytes change. */
function strong(etag: string | undefined): string | null {
  return etag?.startsWith('"') === true ? etag : null;
}

function pauseOf(seconds: string | undefined): number | undefined {
  const value = Number(seconds ?? NaN);
  return Number.isFinite(value) && value >= 0 ? Math.min(1000 * value, longestPauseMs) : undefined;
}
