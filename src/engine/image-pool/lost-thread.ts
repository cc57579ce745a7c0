import { UserError, type ErrorCode } from '../../core/errors.ts';

/** A thread that ended or was ended at a task. Its message names the file that the task was at. */
export class LostThread extends UserError {
  /** The file; undefined where the task was at several and did not say at which. */
  readonly subject: string | undefined;

  constructor(code: ErrorCode, message: string, subject: string | undefined, details?: string) {
    super(code, message, details);
    this.subject = subject;
  }
}

/** Stands for the file of a task that is at several. */
const some = 'One of some files';

/** How long a task may be silent, for people. */
function spoken(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 1000)} seconds`;
}

/** @param subject the file that was read */
export function hungThread(subject: string | undefined, silentMs: number): LostThread {
  return new LostThread(
    'invalid-file',
    `${subject ?? some} was given up: there was no end of reading it within ${spoken(silentMs)}. It may be damaged; copy it again or leave it out.`,
    subject,
  );
}

/** @param error why the thread ended, as far as it is known */
export function deadThread(subject: string | undefined, error: unknown): LostThread {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new LostThread(
      'too-large',
      `${subject ?? some} takes more memory to read than there is for one file. Cut it into smaller ones or leave it out.`,
      subject,
      details,
    );
  }
  return new LostThread(
    'invalid-file',
    `${subject ?? some} brought down the part of Understudy that reads files. It may be damaged; copy it again or leave it out.`,
    subject,
    details,
  );
}
