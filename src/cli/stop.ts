import type { SignalSource, StopSignal } from './world.ts';

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * One key press may arrive more than once: from the terminal, from npm and from the process that
 * started this one. What comes within this time of the first is the same wish.
 */
const sameWishMilliseconds = 500;

export interface StopHandlers {
  /** The first request. */
  stop(): void;
  /** Another one: at once. */
  stopNow(): void;
  /** Milliseconds. */
  now(): number;
}

/** Listens for Ctrl-C, for termination and for the terminal's end until the function that it returns is called. */
export function listenForStop(source: SignalSource, handlers: StopHandlers): () => void {
  let first: number | undefined;
  const listener = (): void => {
    if (first === undefined) {
      first = handlers.now();
      handlers.stop();
    } else if (handlers.now() - first >= sameWishMilliseconds) {
      handlers.stopNow();
    }
  };
  for (const signal of stopSignals) source.on(signal, listener);
  return () => {
    for (const signal of stopSignals) source.removeListener(signal, listener);
  };
}
