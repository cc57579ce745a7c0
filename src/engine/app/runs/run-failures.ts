import type { Failure } from '../../../contract/app.ts';
import { runText } from '../../../text/index.ts';

// Failures of runs that are silent or do not start.

/** Reason why an interrupted run does not resume automatically. */
export const elsewhereFailure: Failure = {
  code: 'elsewhere',
  message: runText.elsewhere,
};

/** Returns the failure of a run that was asked to stop, did not answer, and was killed. */
export function hungFailure(silentMs: number): Failure {
  return { code: 'not-responding', message: runText.killedSilent(silentMs) };
}

/**
 * Returns a warning about a silent run; the run is not stopped, because slow and hung processes look the same from
 * outside.
 */
export function silentFailure(silentMs: number): Failure {
  return { code: 'silent', message: runText.silent(silentMs) };
}
