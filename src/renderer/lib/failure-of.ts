import { RequestError } from './client.ts';
import { describeError } from './error-message.ts';

/** Message and details of an error; null if the user cancelled. */
export function failureOf(error: unknown): ReturnType<typeof describeError> | null {
  if (error instanceof DOMException && error.name === 'AbortError') return null;
  if (error instanceof RequestError && error.code === 'cancelled') return null;
  return describeError(error);
}
