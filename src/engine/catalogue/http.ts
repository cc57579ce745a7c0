import { request } from 'undici';
import type { Dispatcher } from 'undici';
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
  /** Of the content, where the server says it. */
  readonly sha256: string | null;
  readonly retryAfterMs: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

const mostRedirects = 6;
const longestPauseMs = 60_000;

/**
 * Asks for a file, and follows the server where it sends one, as stores of models do. A secure address is never left for
 * one that is not.
 *
 * @throws UserError 'network' where it leads in circles or away from a secure connection, and what undici throws
 */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Answer> {
  let at = new URL(url);
  let sha256: string | null = null;
  for (let redirect = 0; redirect <= mostRedirects; redirect++) {
    const answer = await request(at, {
      headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'Understudy' },
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
      return {
        status: answer.statusCode,
        start: answer.statusCode === 206 ? start : undefined,
        total: range ? Number(range[2]) : whole,
        etag: strong(header('etag')),
        sha256,
        retryAfterMs: pauseOf(header('retry-after')),
        body: answer.body,
      };
    }
    await answer.body.dump();
    const next = new URL(location, at);
    if (at.protocol === 'https:' && next.protocol !== 'https:') {
      throw new UserError(
        'network',
        `${at.host} leads to an address that is not secure (${next.host}). Nothing was fetched.`,
      );
    }
    at = next;
  }
  throw new UserError(
    'network',
    `${new URL(url).host} leads from one address to the next without end.`,
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
