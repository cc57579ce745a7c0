import type { DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import type { JobContext } from '../job.ts';

/**
 * Works on a device; where there is none, it fails, or comes to numbers that are none, it is set aside with a word, and the work is
 * done again on the processor, from wherever it was kept.
 *
 * @param work is told whether it goes on after a device failed
 */
export async function withProcessorBehind<D extends DeviceName, T>(
  device: D,
  context: JobContext,
  work: (device: D | 'cpu', goesOn: boolean) => Promise<T>,
): Promise<T> {
  if (device !== 'cpu') context.report({ type: 'device', device, reason: null });
  try {
    return await work(device, false);
  } catch (error) {
    const reason = device === 'cpu' || context.signal.aborted ? undefined : faultOf(device, error);
    if (reason === undefined) throw error;
    context.report({ type: 'device', device: 'cpu', reason });
    return work('cpu', true);
  }
}

/** What to say of an error that a device may be to blame for; of others nothing. */
function faultOf(device: DeviceName, error: unknown): string | undefined {
  if (!(error instanceof UserError)) return undefined;
  if (error.code === 'device') return `${error.message} The processor goes on in its place.`;
  if (error.code !== 'diverged') return undefined;
  return `What ${device} computes are no numbers any more. The processor goes on in its place, from where the last ones were kept.`;
}
