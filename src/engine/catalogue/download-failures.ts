import { cardOrigin } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { downloadText } from '../../text/index.ts';
import { withoutPassword } from './http.ts';
import type { FileResponse } from './http.ts';

/** Errors of downloads that do not complete. */

/** Temporary failure, worth another attempt. */
export class TemporaryFailure extends Error {
  /** Error to report after the last attempt. */
  readonly last: UserError;
  readonly retryAfterMs: number | undefined;
  /**
   * True if the partial file is unusable and resuming with this server is pointless: the next attempt starts over.
   */
  readonly startsOver: boolean;

  constructor(
    last: UserError,
    { retryAfterMs, startsOver = false }: { retryAfterMs?: number; startsOver?: boolean } = {},
  ) {
    super(last.message);
    this.last = last;
    this.retryAfterMs = retryAfterMs;
    this.startsOver = startsOver;
  }
}

export function hostOf(url: string): string {
  return new URL(url).host;
}

export function downloadStopped(isKept: boolean): UserError {
  const { partKept, nothingKept } = downloadText.stopped;
  return new UserError('cancelled', isKept ? partKept : nothingKept);
}

/** Returns the error after the last attempt. */
export function finalFailure({ code, message, details }: UserError, isKept: boolean): UserError {
  return new UserError(code, isKept ? downloadText.partKept(message) : message, details);
}

export function connectionFailure(url: string, error: unknown): TemporaryFailure {
  return new TemporaryFailure(
    new UserError('network', downloadText.unreachable(hostOf(url)), causeOf(error)),
  );
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? `${String(error)}: ${cause.message}` : String(error);
}

/** @param why one of `downloadText` */
export function incompleteFile(url: string, why: string): UserError {
  return new UserError('network', downloadText.incomplete(hostOf(url), why));
}

/**
 * Returns the error for a web page received instead of the file, as from networks that require a login first.
 */
export function webPage(): UserError {
  return new UserError('invalid-file', downloadText.webPage);
}

/**
 * Throws for an answer that is not the requested file.
 *
 * @throws UserError for permanent answers, TemporaryFailure for temporary ones
 */
export function requireSuccess(
  { status, packed, retryAfterMs }: FileResponse,
  { url, proxy }: { readonly url: string; readonly proxy: string | null },
): void {
  const host = hostOf(url);
  if (status === 200 || status === 206 || status === 416) {
    if (packed === null) return;
    throw new UserError('network', downloadText.compressed(host, packed));
  }
  if (status === 401 || status === 403) throw forbidden(status, url);
  const address = withoutPassword(url);
  if (status === 404 || status === 410) {
    throw new UserError('network', downloadText.gone(host, status), address);
  }
  if (status === 407) {
    throw new UserError('network', downloadText.proxyLogin(proxy === null ? null : hostOf(proxy)));
  }
  if (status === 511) throw webPage();
  const failure = new UserError('network', downloadText.otherStatus(host, status), address);
  if (status === 429 || status >= 500) {
    throw new TemporaryFailure(failure, retryAfterMs === undefined ? {} : { retryAfterMs });
  }
  throw failure;
}

function forbidden(status: number, url: string): UserError {
  const { host, origin, username } = new URL(url);
  if (username !== '') {
    return new UserError('network', downloadText.loginRefused(host, status));
  }
  if (status === 401 && origin !== cardOrigin) {
    return new UserError('network', downloadText.loginNeeded(host));
  }
  return new UserError('network', downloadText.termsNotAgreed(host, status));
}
