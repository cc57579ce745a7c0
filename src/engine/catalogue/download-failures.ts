import { cardOrigin } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { withoutPassword } from './http.ts';
import type { Answer } from './http.ts';

/** What is said where a download does not come to its end. */

/** A failure that may pass by itself. */
export class Passing extends Error {
  /** What to say when it does not. */
  readonly last: UserError;
  readonly retryAfterMs: number | undefined;
  /** What has come is of no use, nor is going on with this server. */
  readonly beginsAnew: boolean;

  constructor(
    last: UserError,
    { retryAfterMs, beginsAnew = false }: { retryAfterMs?: number; beginsAnew?: boolean } = {},
  ) {
    super(last.message);
    this.last = last;
    this.retryAfterMs = retryAfterMs;
    this.beginsAnew = beginsAnew;
  }
}

export function hostOf(url: string): string {
  return new URL(url).host;
}

export function stopped(isKept: boolean): UserError {
  const what = isKept
    ? 'What has come is kept; the next download goes on from there.'
    : 'Nothing of it is kept; the next download begins anew.';
  return new UserError('cancelled', `Stopped. ${what}`);
}

/** After the last attempt. */
export function givenUp({ code, message, details }: UserError, isKept: boolean): UserError {
  const kept = isKept ? ' What has come is kept; the next download goes on from there.' : '';
  return new UserError(code, `${message}${kept}`, details);
}

export function unreached(url: string, error: unknown): Passing {
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

export function unexpected(url: string, what: string): UserError {
  return new UserError(
    'network',
    `${hostOf(url)} did not send the whole file: ${what}. Try again, or name another mirror.`,
  );
}

/** Instead of the file, as networks do that ask for a login before anything else. */
export function webPage(): UserError {
  return new UserError(
    'invalid-file',
    'What came is no checkpoint but a web page: the network may ask for a login. Open a browser, log in there, and fetch it again.',
  );
}

/** @throws UserError for answers that will stay the same, Passing for others */
export function refuse(
  { status, packed, retryAfterMs }: Answer,
  { url, proxy }: { readonly url: string; readonly proxy: string | null },
): void {
  const host = hostOf(url);
  if (status === 200 || status === 206 || status === 416) {
    if (packed === null) return;
    throw new UserError(
      'network',
      `${host} sends the file packed (${packed}), though it was asked not to, so that it could not be compared or continued. Name another mirror, or bring the file by hand.`,
    );
  }
  if (status === 401 || status === 403) throw forbidden(status, url);
  const address = withoutPassword(url);
  if (status === 404 || status === 410) {
    throw new UserError(
      'network',
      `${host} has no such file any more (${status}). Look for it on its page and bring it by hand, or name a mirror that has it.`,
      address,
    );
  }
  if (status === 407) {
    throw new UserError(
      'network',
      `The proxy${proxy === null ? '' : ` ${hostOf(proxy)}`} wants a name and a password (407). Write them into its address, as http://name:password@proxy.example:3128.`,
    );
  }
  if (status === 511) throw webPage();
  const said = new UserError(
    'network',
    `${host} answers with ${status}. Try again later.`,
    address,
  );
  if (status === 429 || status >= 500) {
    throw new Passing(said, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
  throw said;
}

function forbidden(status: number, url: string): UserError {
  const { host, origin, username } = new URL(url);
  if (username !== '') {
    return new UserError(
      'network',
      `${host} does not take the name and the password in the mirror's address, or does not give this file to them (${status}). Correct them, or bring the file by hand.`,
    );
  }
  if (status === 401 && origin !== cardOrigin) {
    return new UserError(
      'network',
      `${host} wants a name and a password (401). Write them into the mirror's address, as https://name:password@mirror.example, or bring the file by hand.`,
    );
  }
  return new UserError(
    'network',
    `${host} gives this file only to those who have agreed to its terms (${status}). Open its page in a browser, agree, download it there, and drop it here.`,
  );
}
