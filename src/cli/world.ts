import type { Engine } from './engine.ts';
import { wrap } from './text.ts';

/** Where text goes: a terminal, a file or a pipe. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Where the requests to stop come from; `process` is one. */
export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  removeListener(signal: StopSignal, listener: () => void): unknown;
}

/** All that the command line touches outside itself, so that tests can stand in for it. */
export interface World {
  readonly engine: Engine;
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signals: SignalSource;
  /** Aborted when nobody reads the output any more, or the launcher that passed signals on is gone. */
  readonly readerGone: AbortSignal;
  /** Tells whoever started this process that a request to stop has been heard. */
  stopHeard(): void;
  /** Milliseconds of a clock that does not jump. */
  now(): number;
  /** Ends the process at once. */
  exit(code: number): void;
}

export const exitCodes = { done: 0, defect: 1, usage: 2, cancelled: 130, readerGone: 141 } as const;

/** No table and no help is wider, whatever the terminal. */
export const widest = 100;

const narrowest = 40;

/** Columns for text on `output`. Some terminals do not know their size and say 0. */
export function widthOf({ columns = 0, isTTY = false }: Output): number {
  if (columns === 0) return isTTY ? 80 : widest;
  return Math.min(widest, Math.max(narrowest, columns));
}

/** Sentences for `output`. Only a terminal needs them broken: in a log a whole line is easier to find. */
export function fitted(text: string, output: Output): string {
  if (output.isTTY !== true) return text;
  const lines = text.split('\n').map((line) => wrap(line, widthOf(output)));
  return lines.join('\n');
}

/** True on a terminal that can move its cursor. */
export function isTerminal(output: Output, env: World['env']): boolean {
  return output.isTTY === true && env.TERM !== 'dumb';
}
