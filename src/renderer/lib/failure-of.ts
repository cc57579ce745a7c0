import { RequestError } from './client.ts';

/** What went wrong, for a person; null where somebody stopped it. */
export function failureOf(
  error: unknown,
): { readonly message: string; readonly details: string | undefined } | null {
  if (error instanceof DOMException && error.name === 'AbortError') return null;
  if (error instanceof RequestError && error.code === 'cancelled') return null;
  return {
    message: error instanceof Error ? error.message : String(error),
    details: error instanceof RequestError ? error.details : undefined,
  };
}
