import type { Failure } from '../../contract/app.ts';

// What is said of a run whose worker is silent.

/** Reason why a run that was at work does not go on by itself. */
export const elsewhereFailure: Failure = {
  code: 'elsewhere',
  message:
    'This workspace was last open on another computer, or was copied here, so nothing in it starts by itself. Resume this run if you want it to go on here.',
};

/** Of a run that was asked to stop, did not answer, and was ended. */
export function hungFailure(silentMs: number): Failure {
  return {
    code: 'not-responding',
    message: `The run was silent for ${inWords(silentMs)} and did not stop when it was asked to, so it was ended. What it learnt after its last checkpoint, or all of it where it had none yet, is lost.`,
  };
}

/** Of a run at work; it is left alone, since what is slow and what hangs look the same from outside. */
export function silentFailure(silentMs: number): Failure {
  return {
    code: 'silent',
    message: `Nothing has been heard of this run for ${inWords(silentMs)}. It may be slow because this computer is busy or short of memory, or it may hang. If it does not go on, pause and resume it: it is ended where it does not answer, and goes on from its last checkpoint, or begins again where it has none yet.`,
  };
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes <= 1 ? 'a minute' : `${minutes} minutes`;
}
