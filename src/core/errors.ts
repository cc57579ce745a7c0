import { presentable } from './text/presentable.ts';

/** Kind of error, for programs. */
export type ErrorCode =
  | 'cancelled'
  /** The computing device is missing or has failed: lost, out of memory, its driver gone. */
  | 'device'
  | 'disk'
  /** Training produced NaN or infinite values. */
  | 'diverged'
  | 'in-use'
  | 'invalid-file'
  | 'invalid-option'
  | 'invalid-labels'
  /** A server failed, or could not be reached. */
  | 'network'
  | 'no-images'
  | 'not-found'
  /** The workspace key that encrypts groups by patient is missing, or is another key. */
  | 'secret-lost'
  | 'too-large'
  | 'unsupported';

/**
 * An error that the user can act on. Its message is one or two sentences: what happened, which file
 * or option, and what to do. Anything else that is thrown is a defect of the program.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly code: ErrorCode;
  /** Details for a problem report; never shown first. */
  readonly details: string | undefined;

  constructor(code: ErrorCode, message: string, details?: string) {
    super(presentable(message));
    this.code = code;
    this.details = details;
  }
}
