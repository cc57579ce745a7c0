import { RequestError } from './client.ts';

/** Message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Message of a failure, and its details for a report. */
interface FailureText {
  readonly message: string;
  readonly details: string | undefined;
}

/** True if the user cancelled the work. */
export function isCancelled(error: unknown): boolean {
  if (error instanceof DOMException) return error.name === 'AbortError';
  return error instanceof RequestError && error.code === 'cancelled';
}

/** Message and details of an error; null if the user cancelled. */
export function failureText(error: unknown): FailureText | null {
  return isCancelled(error) ? null : describeError(error);
}

/** Message of anything that was thrown, with the details of a failed request. */
export function describeError(error: unknown): FailureText {
  const details = error instanceof RequestError ? error.details : undefined;
  return { message: errorMessage(error), details };
}
