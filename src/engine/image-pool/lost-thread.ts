import { UserError } from '../../core/errors.ts';

/** A thread that ended or was ended at a task. Its message says so of what the task was at. */
export class LostThread extends UserError {}

/** How long a task may be silent, for people. */
function spoken(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 1000)} seconds`;
}

/** @param subject the file that was read, or what else the task was at */
export function hungThread(subject: string, silentMs: number): LostThread {
  return new LostThread(
    'invalid-file',
    `${subject} was given up: there was no end of reading it within ${spoken(silentMs)}. It may be damaged; copy it again or leave it out.`,
  );
}

export function deadThread(subject: string, error: unknown): LostThread {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new LostThread(
      'too-large',
      `${subject} takes more memory to read than there is for one image. Cut it into smaller images or leave it out.`,
      details,
    );
  }
  return new LostThread(
    'invalid-file',
    `${subject} brought down the part of Understudy that reads images. It may be damaged; copy it again or leave it out.`,
    details,
  );
}
