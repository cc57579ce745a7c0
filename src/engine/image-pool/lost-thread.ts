import { UserError, type ErrorCode } from '../../core/errors.ts';
import { readingText } from '../../text/index.ts';

/**
 * A thread that crashed or was ended during a task. Its message names the current file of the task.
 */
export class LostThread extends UserError {
  /** Current file; undefined if the task has several and did not report which. */
  readonly subject: string | undefined;

  constructor(code: ErrorCode, message: string, subject: string | undefined, details?: string) {
    super(code, message, details);
    this.subject = subject;
  }
}

/** @param subject file that was read */
export function hungThread(subject: string | undefined, silentMs: number): LostThread {
  return new LostThread('invalid-file', readingText.hung(subject ?? null, silentMs), subject);
}

/** @param error reason why the thread ended, if known */
export function deadThread(subject: string | undefined, error: unknown): LostThread {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new LostThread('too-large', readingText.needsMemory(subject ?? null), subject, details);
  }
  return new LostThread('invalid-file', readingText.crashed(subject ?? null), subject, details);
}
