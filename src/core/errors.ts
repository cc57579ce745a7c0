import { presentable } from './text/presentable.ts';

/** What went wrong, for programs. */
export type ErrorCode =
  | 'cancelled'
  /** What to compute on is not there, or has failed: lost, out of memory, its driver gone. */
  | 'device'
  | 'disk'
  /** Training came to numbers that are none. */
  | 'diverged'
  | 'in-use'
  | 'invalid-file'
  | 'invalid-option'
  | 'invalid-labels'
  /** A server, or the way to it. */
  | 'network'
  | 'no-images'
  | 'not-found'
  /** The key of a workspace under which groups by patient are kept is gone, or another one. */
  | 'secret-lost'
  | 'too-large'
  | 'unsupported';

/**
 * An error that a person can act on. Its message is one or two sentences: what happened, which file
 * or option, and what to do. Anything else that is thrown is a defect of the program.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  /** More for a report: never shown first. */
  readonly details: string | undefined;

  constructor(code: ErrorCode, message: string, details?: string) {
    super(presentable(message));
    this.code = code;
    this.details = details;
  }
}
