import { RequestError } from './client.ts';

/** Message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Message of anything that was thrown, with the details of a failed request. */
export function describeError(error: unknown): {
  readonly message: string;
  readonly details: string | undefined;
} {
  const details = error instanceof RequestError ? error.details : undefined;
  return { message: errorMessage(error), details };
}
