import { UserError } from '../../core/errors.ts';
import { commonText } from '../../text/index.ts';

/**
 * Waits for shared work until `signal` aborts; the work continues for other callers.
 *
 * @throws UserError 'cancelled' once it aborts, and as the work does
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) throw stopped();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => {
    reject(stopped());
  };
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function stopped(): UserError {
  return new UserError('cancelled', commonText.stopped);
}
