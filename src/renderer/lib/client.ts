import { events } from '../../contract/app.ts';
import type {
  EventName,
  EventOf,
  Failure,
  MethodName,
  Params,
  Result,
} from '../../contract/app.ts';
import type { Bridge } from '../../contract/bridge.ts';

declare global {
  interface Window {
    readonly understudy: Bridge;
  }
}

/** Error that the engine or the main process answered: a message for users, a code and details. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: string;
  readonly details: string | undefined;

  constructor({ code, message, details }: Failure) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

let lastRequest = 0;

/**
 * Calls a method of the engine or the main process.
 *
 * @param signal cancels the request; the promise is then rejected with the signal's reason
 * @throws RequestError
 */
export async function call<M extends MethodName>(
  method: M,
  params: Params<M>,
  signal?: AbortSignal,
): Promise<Result<M>> {
  signal?.throwIfAborted();
  const request = ++lastRequest;
  const abort = (): void => {
    window.understudy.abort(request);
  };
  signal?.addEventListener('abort', abort);
  try {
    const answer = await window.understudy.request(request, method, params);
    signal?.throwIfAborted();
    if (!answer.ok) throw new RequestError(answer.error);
    // The sender has checked the value against the contract.
    return answer.value as Result<M>;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

type Listener = (content: unknown) => void;

/** Listeners by event name. The page subscribes to the bridge only once. */
const listeners = new Map<EventName, Set<Listener>>();
let isListening = false;

function dispatch(name: EventName, content: unknown): void {
  const subscribed = listeners.get(name);
  if (subscribed === undefined) return;
  const parsed = events[name].safeParse(content);
  if (parsed.success) for (const listener of [...subscribed]) listener(parsed.data);
}

/** Calls `listener` for every event of a name; returns a function that stops it. */
export function listen<E extends EventName>(
  name: E,
  listener: (content: EventOf<E>) => void,
): () => void {
  if (!isListening) window.understudy.listen(dispatch);
  isListening = true;
  const subscribed = listeners.get(name) ?? new Set<Listener>();
  listeners.set(name, subscribed);
  // `dispatch` has checked the content against this event's schema.
  const checked: Listener = (content) => {
    listener(content as EventOf<E>);
  };
  subscribed.add(checked);
  return () => {
    subscribed.delete(checked);
  };
}
