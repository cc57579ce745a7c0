import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Suggestion } from '../../../contract/masks.ts';
import { withNativeMemory } from '../../../contract/native-memory.ts';
import { UserError } from '../../../core/errors.ts';
import type { ErrorCode } from '../../../core/errors.ts';
import type {
  FeatureProgress,
  FeatureRequest,
  SuggestMessage,
  SuggestOrder,
  SuggestRequest,
} from '../../suggest/protocol.ts';
import { commonText, suggestionText } from '../../../text/index.ts';

/** Idle time after which the process ends to free its memory, ms. */
const idleTime = 5 * 60_000;

const file = fileURLToPath(new URL('../../suggest/process.ts', import.meta.url));

interface Pending {
  readonly settle: PromiseWithResolvers<Suggestion | null>;
  readonly report: (progress: FeatureProgress) => void;
}

/** A request before its order gets an id. */
export type SuggestCommand =
  | { readonly kind: 'look'; readonly request: FeatureRequest }
  | { readonly kind: 'suggest'; readonly request: SuggestRequest };

/**
 * Suggestion process, started by the first request and ended when idle. If it crashes, pending requests fail and the
 * next request starts another.
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

  /** Process id, while the process runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** @throws UserError as `Suggester` does, and if the process crashed */
  async ask(
    wanted: SuggestCommand,
    signal: AbortSignal,
    report: (progress: FeatureProgress) => void,
  ): Promise<Suggestion | null> {
    if (signal.aborted) throw new UserError('cancelled', commonText.stopped);
    const id = this.#nextId++;
    const settle = Promise.withResolvers<Suggestion | null>();
    this.#pending.set(id, { settle, report });
    const stop = (): void => {
      this.#order({ kind: 'abort', id });
      // The caller stops waiting at once, however long the process takes to notice.
      settle.reject(new UserError('cancelled', commonText.stopped));
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

  /** Ends the process and its pending requests. */
  close(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
    for (const { settle } of this.#pending.values()) {
      settle.reject(new UserError('cancelled', commonText.stopped));
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
      // A process that was closed or replaced is ignored.
      if (this.#child !== child) return;
      this.#child = undefined;
      clearTimeout(this.#idle);
      for (const { settle } of this.#pending.values()) settle.reject(crashError(how));
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
    // The timer must not keep the engine alive.
    this.#idle.unref();
  }
}

function crashError(how: string): UserError {
  return new UserError('too-large', suggestionText.crashed, how);
}
