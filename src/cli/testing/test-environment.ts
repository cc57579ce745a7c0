import { EventEmitter } from 'node:events';
import type { Engine } from '../engine.ts';
import { runCommandLine } from '../run.ts';
import { MemoryOutput } from './memory-output.ts';

/** Settings of a test's environment; all other parts are silent and reject. */
export interface TestOptions {
  readonly engine?: Partial<Engine>;
  readonly env?: Readonly<Record<string, string>>;
  /** Width of stdout and stderr, which are then terminals. */
  readonly columns?: number;
  readonly signals?: EventEmitter;
  readonly readerGone?: AbortSignal;
  readonly now?: () => number;
  readonly stopHeard?: () => void;
  readonly exit?: (code: number) => void;
}

export interface TestRun {
  readonly exitCode: number;
  readonly stdout: MemoryOutput;
  readonly stderr: MemoryOutput;
}

/** Runs one command line against a stand-in for the engine. */
export async function runTest(
  argv: readonly string[],
  options: TestOptions = {},
): Promise<TestRun> {
  const stdout = new MemoryOutput(options.columns);
  const stderr = new MemoryOutput(options.columns);
  const exitCode = await runCommandLine(argv, {
    engine: { ...refusing, ...options.engine },
    version: '1.2.3',
    stdout,
    stderr,
    env: options.env ?? {},
    signals: options.signals ?? new EventEmitter(),
    readerGone: options.readerGone ?? new AbortController().signal,
    now: options.now ?? (() => 0),
    stopHeard: options.stopHeard ?? (() => undefined),
    exit: options.exit ?? (() => undefined),
  });
  return { exitCode, stdout, stderr };
}

function refuse(): Promise<never> {
  return Promise.reject(new Error('The engine was called.'));
}

/** An engine that does nothing. */
export const refusing: Engine = {
  distill: refuse,
  evaluateModel: refuse,
  predict: refuse,
  demo: refuse,
  writeSample: refuse,
  inspectTeacher: refuse,
  importTeacher: refuse,
  listTeachers: refuse,
  inspectImage: refuse,
  exportLabels: refuse,
  importFolder: refuse,
  locateImages: refuse,
  listDevices: refuse,
  listCards: refuse,
  fetchTeacher: refuse,
};
