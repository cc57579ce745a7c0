import type { SignalSource, StopSignal } from './environment.ts';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Time in which several stop signals count as one request: a key press may arrive from the terminal, from npm and
 * from the process that started this one.
 */
const samePressMilliseconds = 500;

export interface StopHandlers {
  /** The first request: ends the command after the current step. */
  stop(): void;
  /** Another request, later: ends the command at once. */
  stopNow(): void;
  /** Current time, ms. */
  now(): number;
}

/** Listens for Ctrl-C, for termination and for a closed terminal; returns a function that ends listening. */
export function listenForStop(source: SignalSource, handlers: StopHandlers): () => void {
  let first: number | undefined;
  const listener = (): void => {
    if (first === undefined) {
      first = handlers.now();
      handlers.stop();
    } else if (handlers.now() - first >= samePressMilliseconds) {
      handlers.stopNow();
    }
  };
  for (const signal of stopSignals) source.on(signal, listener);
  return () => {
    for (const signal of stopSignals) source.removeListener(signal, listener);
  };
}
