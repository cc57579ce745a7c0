import { engineMethods, engineRequest } from '../../contract/app.ts';
import type {
  Answer,
  EngineMessage,
  EngineMethod,
  ParsedParams,
  Result,
} from '../../contract/app.ts';
import { failureOf } from '../failures.ts';
import { requestText } from '../../text/index.ts';

/** Handlers of all methods. They throw UserErrors; the dispatcher converts these into answers. */
export type Handlers = {
  readonly [M in EngineMethod]: (
    params: ParsedParams<M>,
    signal: AbortSignal,
  ) => Result<M> | Promise<Result<M>>;
};

/** Validates requests against the contract, calls the handlers, and validates the answers. */
export class Dispatcher {
  readonly #handlers: Handlers;
  readonly #send: (message: EngineMessage) => void;
  readonly #shutdown: () => void;
  readonly #require: () => void;
  readonly #running = new Map<number, AbortController>();

  /** @param require throws a UserError if requests can no longer be answered */
  constructor(
    handlers: Handlers,
    send: (message: EngineMessage) => void,
    shutdown: () => void,
    require: () => void,
  ) {
    this.#handlers = handlers;
    this.#send = send;
    this.#shutdown = shutdown;
    this.#require = require;
  }

  /** @param message any message; invalid requests are refused */
  async receive(message: unknown): Promise<void> {
    const parsed = engineRequest.safeParse(message);
    if (!parsed.success) {
      const id = idOf(message);
      if (id !== undefined) this.#answer(id, refusal(requestText.unknown));
      return;
    }
    const request = parsed.data;
    if (request.kind === 'shutdown') {
      this.#shutdown();
    } else if (request.kind === 'abort') {
      this.#running.get(request.id)?.abort();
    } else if (request.kind === 'ping') {
      this.#send({ kind: 'pong' });
    } else {
      const controller = new AbortController();
      this.#running.set(request.id, controller);
      const answer = await this.#call(request.method, request.params, controller.signal);
      this.#running.delete(request.id);
      this.#answer(request.id, answer);
    }
  }

  async #call(
    method: EngineMethod,
    params: unknown,
    signal: AbortSignal,
  ): Promise<Answer<unknown>> {
    const { params: wanted, result } = engineMethods[method];
    const parsed = wanted.safeParse(params);
    if (!parsed.success) {
      return refusal(requestText.invalidParameters(method), parsed.error);
    }
    try {
      this.#require();
      // The table ties each handler to its parameters; their union cannot be called.
      const handler = this.#handlers[method] as (
        params: unknown,
        signal: AbortSignal,
      ) => Promise<unknown>;
      return { ok: true, value: result.parse(await handler(parsed.data, signal)) };
    } catch (error) {
      return { ok: false, error: failureOf(error) };
    }
  }

  #answer(id: number, answer: Answer<unknown>): void {
    this.#send({ kind: 'response', id, answer });
  }
}

function refusal(message: string, details?: Error): Answer<never> {
  const error = { code: 'invalid-request', message };
  return {
    ok: false,
    error: details === undefined ? error : { ...error, details: details.message.slice(0, 2000) },
  };
}

function idOf(message: unknown): number | undefined {
  if (typeof message !== 'object' || message === null || !('id' in message)) return undefined;
  return typeof message.id === 'number' ? message.id : undefined;
}
