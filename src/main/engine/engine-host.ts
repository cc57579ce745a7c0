import type { ChildProcess } from 'node:child_process';
import { events } from '../../contract/app.ts';
import { commonText, engineText } from '../../text/index.ts';
import type {
  Answer,
  EngineMethod,
  EngineRequest,
  EventName,
  EventOf,
  Failure,
} from '../../contract/app.ts';
import { readEngineMessage, refusal } from './engine-messages.ts';
import { endProcess } from './engine-process.ts';
import { Heartbeat, silentAfter } from './heartbeat.ts';
import { RecentText } from './recent-text.ts';

export type EngineState = EventOf<'engine.state'>;

export interface EngineHostOptions {
  /** Starts a process that has a message channel; its output goes to `onOutput`. */
  readonly start: (onOutput: (text: string) => void) => ChildProcess;
  readonly onEvent: (name: EventName, content: unknown) => void;
  readonly log: (text: string) => void;
  /** Delay before another start, so that the cause of the failure can disappear. */
  readonly restartDelayMs?: number;
  /** Time for a clean end, in ms, after which the process is killed. */
  readonly shutdownMs?: number;
  /** Length of a tick of the heartbeat; see Heartbeat. */
  readonly tickMs?: number;
}

/** Limit of crashes within a period: up to it, the engine is restarted; beyond it, the host gives up. */
const tolerated = { deaths: 3, withinMs: 60_000 } as const;

/** Time for a clean end of a process that has not answered for long, ms. */
const silentShutdownMs = 2000;

interface Pending {
  readonly message: EngineRequest & { kind: 'request' };
  readonly settle: (answer: Answer<unknown>) => void;
  wasSent: boolean;
}

/**
 * Owns the engine's process: sends it requests and returns its answers, forwards its events, restarts it after a
 * crash, detects when it no longer answers, and ends it cleanly. Requests made before it is ready wait. A request in
 * progress when it crashed is answered with the error `engine-stopped`, since its effects are unknown.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #pending = new Map<number, Pending>();
  #child: ChildProcess | null = null;
  #said = new RecentText();
  #isReady = false;
  /** Reason why the engine cannot work here, as it reported. */
  #refusal: Failure | null = null;
  #state: EngineState | null = null;
  #deaths: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;
  readonly #heartbeat: Heartbeat;
  /** Last of the restarts and the final stop, which run one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#heartbeat = new Heartbeat({
      ping: () => {
        this.#send({ kind: 'ping' });
      },
      onSilent: () => {
        this.#options.log(`${new Date().toISOString()} The engine does not answer.\n`);
        this.#tell({ state: 'silent', error: null });
      },
      tickMs: options.tickMs,
    });
  }

  /** The state that was reported last; null during the first start. */
  get state(): EngineState | null {
    return this.#state;
  }

  start(): void {
    this.#said = new RecentText();
    this.#isReady = false;
    this.#refusal = null;
    let child: ChildProcess;
    try {
      child = this.#options.start((text) => {
        this.#said.add(text);
        this.#options.log(text);
      });
    } catch (error) {
      this.#giveUp(engineText.notStarted, error);
      return;
    }
    this.#child = child;
    this.#heartbeat.begin(silentAfter.whenStarting);
    child.on('message', (received) => {
      if (child === this.#child) this.#receive(received);
    });
    child.on('disconnect', () => {
      // Without its channel it is useless; it gets a moment to end by itself.
      setTimeout(() => {
        if (child === this.#child) child.kill();
      }, 2000).unref();
    });
    child.once('error', (error) => {
      this.#ended(child, error.message);
    });
    child.once('exit', (code, signal) => {
      // Its last output arrives after its exit; a worker may hold the pipe open, so the wait is short.
      const end = (): void => {
        this.#ended(child, signal === null ? `exit code ${code ?? 0}` : `signal ${signal}`);
      };
      const late = setTimeout(end, 250);
      child.once('close', () => {
        clearTimeout(late);
        end();
      });
    });
  }

  /** Sends a request to the engine. Never rejects. */
  request(method: EngineMethod, params: unknown, signal?: AbortSignal): Promise<Answer<unknown>> {
    if (this.#state?.state === 'failed') {
      const { code, message, details } = this.#state.error ?? stopped;
      return Promise.resolve(refusal(code, message, details));
    }
    if (signal?.aborted) return Promise.resolve(cancelled);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      const abort = (): void => {
        this.#abort(id);
      };
      const settle = (answer: Answer<unknown>): void => {
        this.#pending.delete(id);
        signal?.removeEventListener('abort', abort);
        resolve(answer);
      };
      signal?.addEventListener('abort', abort);
      const pending: Pending = {
        message: { kind: 'request', id, method, params },
        settle,
        wasSent: false,
      };
      this.#pending.set(id, pending);
      if (this.#isReady) this.#sendPending(pending);
    });
  }

  /** Ends the engine, cleanly if it still answers, and starts it again; also after the host gave up. */
  restart(): Promise<void> {
    return this.#inTurn(async () => {
      this.#tell({ state: 'restarting', error: null });
      await this.#stopChild();
      this.#deaths = [];
      this.start();
    });
  }

  /** Ends the engine cleanly: running jobs keep their checkpoints. */
  stop(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#stopChild();
      this.#answerAll(() => true);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work);
    return this.#turn;
  }

  #receive(received: unknown): void {
    this.#heartbeat.heard();
    if (this.#isReady && this.#state?.state === 'silent') this.#tell(ready);
    const message = readEngineMessage(received);
    if (message === null) {
      this.#options.log('The engine sent a message of an unknown kind.\n');
      return;
    }
    const state = message.kind === 'event' && message.name === 'engine.state';
    if (state) {
      // For example a database from a later version: starting again would not help.
      const parsed = events['engine.state'].safeParse(message.content);
      if (parsed.data?.state === 'failed') {
        this.#refusal = parsed.data.error ?? stopped;
        return;
      }
    }
    // It can answer even while it opens the workspace.
    if (message.kind === 'pong') return;
    if (!this.#isReady) this.#becomeReady();
    if (message.kind === 'response') this.#pending.get(message.id)?.settle(message.answer);
    else if (!state) this.#options.onEvent(message.name, message.content);
  }

  #becomeReady(): void {
    this.#isReady = true;
    this.#heartbeat.begin(silentAfter.whenReady);
    this.#tell(ready);
    for (const pending of [...this.#pending.values()]) {
      if (!pending.wasSent) this.#sendPending(pending);
    }
  }

  #sendPending(pending: Pending): void {
    pending.wasSent = true;
    try {
      this.#send(pending.message);
    } catch (error) {
      // Something that cannot be copied; the channel's own errors come another way.
      pending.settle(refusal('invalid-request', engineText.notSent(String(error))));
    }
  }

  #send(message: EngineRequest): void {
    // A channel that has just closed means that the exit event follows.
    if (this.#child?.connected === true) this.#child.send(message, () => undefined);
  }

  #abort(id: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    if (pending.wasSent) this.#send({ kind: 'abort', id });
    else pending.settle(cancelled);
  }

  #ended(child: ChildProcess, how: string): void {
    if (child !== this.#child) return;
    this.#child = null;
    this.#isReady = false;
    this.#heartbeat.end();
    this.#options.log(`${new Date().toISOString()} The engine ended: ${how}.\n`);
    this.#answerAll((pending) => pending.wasSent);

    if (this.#refusal !== null) {
      this.#fail(this.#refusal);
      return;
    }
    const now = performance.now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < tolerated.withinMs), now];
    if (this.#deaths.length > tolerated.deaths) {
      this.#giveUp(engineText.keepsStopping, how);
      return;
    }
    this.#tell({ state: 'restarting', error: { ...stopped, details: this.#detailsOf(how) } });
    this.#timer = setTimeout(() => {
      this.start();
    }, this.#options.restartDelayMs ?? 500);
  }

  #giveUp(message: string, why: unknown): void {
    const how = why instanceof Error ? why.message : String(why);
    this.#fail({ code: stopped.code, message, details: this.#detailsOf(how) });
  }

  #fail(error: Failure): void {
    this.#tell({ state: 'failed', error });
    this.#answerAll(() => true, error);
  }

  #detailsOf(how: string): string {
    return [how, this.#said.text].filter((part) => part !== '').join('\n');
  }

  #tell(state: EngineState): void {
    this.#state = state;
    this.#options.onEvent('engine.state', state);
  }

  #answerAll(which: (pending: Pending) => boolean, error: Failure = stopped): void {
    for (const pending of [...this.#pending.values()]) {
      if (which(pending)) pending.settle({ ok: false, error });
    }
  }

  async #stopChild(): Promise<void> {
    clearTimeout(this.#timer);
    const child = this.#child;
    const isSilent = this.#heartbeat.isSilent;
    // From here on, its end is not a crash.
    this.#child = null;
    this.#isReady = false;
    this.#heartbeat.end();
    if (child === null) return;
    const patience = this.#options.shutdownMs ?? 10_000;
    await endProcess(child, isSilent ? Math.min(patience, silentShutdownMs) : patience);
    this.#answerAll((pending) => pending.wasSent);
  }
}

const ready = { state: 'ready', error: null } as const;

const stopped: Failure = { code: 'engine-stopped', message: engineText.stopped };

const cancelled = refusal('cancelled', commonText.stopped);
