import type { ChildProcess } from 'node:child_process';

export interface Ending {
  readonly exitCode: number;
  /** True if the child was killed because it did not answer. */
  readonly wasEndedHere: boolean;
}

/** Passes stop signals on to a child, and ends it where it does not answer; patience in seconds. */
export function watchChild(
  child: ChildProcess,
  options: {
    readonly json: boolean;
    readonly patience?: Partial<Record<'answer' | 'step' | 'notice' | 'end' | 'reading', number>>;
  },
): { ending(code: number | null, signal: NodeJS.Signals | null): Ending };
