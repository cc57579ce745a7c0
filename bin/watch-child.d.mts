import type { ChildProcess } from 'node:child_process';

export interface Ending {
  readonly exitCode: number;
  /** Whether the child was ended because it did not answer. */
  readonly wasEndedHere: boolean;
}

/** See watch-child.mjs. Patience in seconds. */
export function watchChild(
  child: ChildProcess,
  options: {
    readonly json: boolean;
    readonly patience?: Partial<Record<'answer' | 'step' | 'notice' | 'end' | 'reading', number>>;
  },
): { ending(code: number | null, signal: NodeJS.Signals | null): Ending };
