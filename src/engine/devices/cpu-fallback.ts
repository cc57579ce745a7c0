import type { DeviceName } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { deviceText } from '../../text/index.ts';
import type { JobContext } from '../job.ts';

/**
 * Runs work on a device. If the device is missing, fails or produces NaN or infinite values, reports the reason and
 * repeats the work on the processor, from the last checkpoint if there is one.
 *
 * @param work its second argument is true when it resumes after a device failed
 */
export async function withCpuFallback<D extends DeviceName, T>(
  device: D,
  context: JobContext,
  work: (device: D | 'cpu', continues: boolean) => Promise<T>,
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

/** Returns a message for an error that the device may have caused; undefined for other errors. */
function faultOf(device: DeviceName, error: unknown): string | undefined {
  if (!(error instanceof UserError)) return undefined;
  if (error.code === 'device') return deviceText.continuesOnProcessor(error.message);
  if (error.code !== 'diverged') return undefined;
  return deviceText.notFinite(device);
}
