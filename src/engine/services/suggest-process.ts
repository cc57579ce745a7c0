import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Suggestion } from '../../contract/masks.ts';
import { withNativeMemory } from '../../contract/native-memory.ts';
import { UserError } from '../../core/errors.ts';
import type { ErrorCode } from '../../core/errors.ts';
import type {
  LookProgress,
  LookRequest,
  SuggestMessage,
  SuggestOrder,
  SuggestRequest,
} from '../suggest/protocol.ts';

/** After so long without a request the process ends and its memory is free, ms. */
const idleTime = 5 * 60_000;

const file = fileURLToPath(new URL('../suggest/process.ts', import.meta.url));

interface Pending {
  readonly settle: PromiseWithResolvers<Suggestion | null>;
  readonly report: (progress: LookProgress) => void;
}

/** A request as it is made here; its order gets a number. */
export type Wanted =
  | { readonly kind: 'look'; readonly request: LookRequest }
  | { readonly kind: 'suggest'; readonly request: SuggestRequest };

/**
 * The process that suggests, started by the first request and ended when nobody has asked for a while. One
 * that dies fails what it was asked; the next request starts another.
 */
export class SuggestProcess {
  readonly #idleMs: number;
  #child: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 0;
  readonly #pending = new Map<number, Pending>();

  constructor(idleMs = idleTime) {
    this.#idleMs = idleMs;
  }

  /** Of the process while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws UserError as `Suggester` does, and where the process died */
  async ask(
    wanted: Wanted,
    signal: AbortSignal,
    report: (progress: LookProgress) => void,
  ): Promise<Suggestion | null> {
    if (signal.aborted) throw new UserError('cancelled', 'Stopped.');
    const id = this.#nextId++;
    const settle = Promise.withResolvers<Suggestion | null>();
    this.#pending.set(id, { settle, report });
    const stop = (): void => {
      this.#order({ kind: 'abort', id });
      // Whoever asked no longer waits, however long it takes the process to hear of it.
      settle.reject(new UserError('cancelled', 'Stopped.'));
    };
    signal.addEventListener('abort', stop);
    clearTimeout(this.#idle);
    this.#child ??= this.#start();
    this.#order({ ...wanted, id });
    try {
      return await settle.promise;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#pending.delete(id);
      this.#waitForMore();
    }
  }

  /** Ends the process, and what it was asked with it. */
  close(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    for (const { settle } of this.#pending.values()) {
      settle.reject(new UserError('cancelled', 'Stopped.'));
    }
  }

  #start(): ChildProcess {
    const child = fork(file, {
      // Early releases of Node 24 warn that running TypeScript is experimental.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
      env: withNativeMemory(process.env),
    });
    child.on('message', (message: SuggestMessage) => {
      this.#receive(message);
    });
    const died = (how: string): void => {
      // One that was closed, or replaced, has nothing more to say.
      if (this.#child !== child) return;
      this.#child = undefined;
      clearTimeout(this.#idle);
      for (const { settle } of this.#pending.values()) settle.reject(deathError(how));
    };
    child.on('error', (error) => {
      died(error.message);
    });
    child.on('exit', (code, killedBy) => {
      died(`it ended (${killedBy ?? `code ${code}`})`);
    });
    return child;
  }

  #order(order: SuggestOrder): void {
    if (this.#child?.connected) this.#child.send(order, () => undefined);
  }

  #receive(message: SuggestMessage): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.kind === 'progress') {
      pending.report(message.progress);
    } else if (message.kind === 'result') {
      pending.settle.resolve(message.result);
    } else {
      const { code, message: text, details } = message.failure;
      pending.settle.reject(new UserError(code as ErrorCode, text, details));
    }
  }

  #waitForMore(): void {
    clearTimeout(this.#idle);
    if (!this.#child || this.#pending.size > 0) return;
    this.#idle = setTimeout(() => {
      this.close();
    }, this.#idleMs);
    // An engine that has nothing else to do must not wait for it.
    this.#idle.unref();
  }
}

function deathError(how: string): UserError {
  return new UserError(
    'too-large',
    'Looking at this image ended without a word, most likely for want of memory. Try again; if it ends again, close other programs or choose a smaller teacher.',
    how,
  );
}
