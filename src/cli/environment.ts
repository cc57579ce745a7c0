import type { Engine } from './engine.ts';
import { wrap } from './text.ts';

/** Text output: a terminal, a file or a pipe. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Source of requests to stop; `process` is one. */
export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
  removeListener(signal: StopSignal, listener: () => void): unknown;
}

/** Everything outside the command line that it uses, so that tests can replace it. */
export interface Environment {
  readonly engine: Engine;
  readonly version: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signals: SignalSource;
  /** Aborted when the output is closed, or the launcher that passes signals on has ended. */
  readonly readerGone: AbortSignal;
  /** Informs the launcher that a request to stop has arrived. */
  stopHeard(): void;
  /** Milliseconds of a clock that does not jump. */
  now(): number;
  /** Ends the process at once. */
  exit(code: number): void;
}

export const exitCodes = {
  done: 0,
  defect: 1,
  usage: 2,
  /** Exit code if there is a result, but a part of what the user asked for is missing from it. */
  partly: 3,
  cancelled: 130,
  readerGone: 141,
} as const;

/** Largest width of tables and help texts, in any terminal. */
export const widest = 100;

const narrowest = 40;

/** Columns for text on `output`. Some terminals report a size of 0. */
export function textColumns({ columns = 0, isTTY = false }: Output): number {
  if (columns === 0) return isTTY ? 80 : widest;
  return Math.min(widest, Math.max(narrowest, columns));
}

/** Wraps sentences for a terminal; in a log, whole lines are easier to find. */
export function fitted(text: string, output: Output): string {
  if (output.isTTY !== true) return text;
  const lines = text.split('\n').map((line) => wrap(line, textColumns(output)));
  return lines.join('\n');
}

/** Returns true on a terminal that can move its cursor. */
export function isTerminal(output: Output, env: Environment['env']): boolean {
  return output.isTTY === true && env.TERM !== 'dumb';
}
