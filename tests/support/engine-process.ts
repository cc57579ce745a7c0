import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  Answer,
  EngineMessage,
  EngineMethod,
  EventName,
  EventOf,
  Params,
  Result,
} from '../../src/contract/app.ts';

const serverFile = fileURLToPath(new URL('../../src/engine/app/server.ts', import.meta.url));

interface ReceivedEvent {
  readonly name: EventName;
  readonly content: unknown;
}

/** The real engine in its own process, with requests as the app sends them. */
export class EngineProcess {
  readonly child: ChildProcess;
  readonly heard: ReceivedEvent[] = [];
  readonly #waiting = new Map<number, (answer: Answer<unknown>) => void>();
  readonly #listeners = new Set<(heard: ReceivedEvent) => void>();
  #last = 0;

  private constructor(workspace: string, more: readonly string[]) {
    this.child = fork(serverFile, ['--workspace', workspace, ...more], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'advanced',
    });
    this.child.on('message', (message: EngineMessage) => {
      if (message.kind === 'response') {
        this.#waiting.get(message.id)?.(message.answer);
        this.#waiting.delete(message.id);
        return;
      }
      if (message.kind === 'pong') return;
      this.heard.push(message);
      for (const listener of this.#listeners) listener(message);
    });
  }

  /** Starts an engine and waits until it is ready, or reports why it is not. */
  static async start(workspace: string, ...more: string[]): Promise<EngineProcess> {
    const engine = new EngineProcess(workspace, more);
    const { state, error } = await engine.next('engine.state');
    if (state !== 'ready') throw new Error(error?.message ?? state);
    return engine;
  }

  /** Returns the answer as it arrived, error or value. */
  ask(method: EngineMethod, params: unknown): Promise<Answer<unknown>> {
    const id = ++this.#last;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.child.send({ kind: 'request', id, method, params });
    });
  }

  async call<M extends EngineMethod>(method: M, params: Params<M>): Promise<Result<M>> {
    const answer = await this.ask(method, params);
    if (!answer.ok) throw Object.assign(new Error(answer.error.message), answer.error);
    return answer.value as Result<M>;
  }

  /** Waits for the next event of a name that passes a test. */
  next<E extends EventName>(
    name: E,
    test: (content: EventOf<E>) => boolean = () => true,
  ): Promise<EventOf<E>> {
    return new Promise((resolve) => {
      const listener = (heard: ReceivedEvent): void => {
        const content = heard.content as EventOf<E>;
        if (heard.name !== name || !test(content)) return;
        this.#listeners.delete(listener);
        resolve(content);
      };
      this.#listeners.add(listener);
    });
  }

  /** Ends it cleanly and returns its exit code. */
  stop(): Promise<number | null> {
    const ended = this.ended();
    if (this.child.connected) this.child.send({ kind: 'shutdown' });
    return ended;
  }

  /** Its exit code, once it has ended. */
  async ended(): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    return new Promise((resolve) => this.child.once('exit', resolve));
  }
}
