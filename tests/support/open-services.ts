import { readdirSync, readFileSync } from 'node:fs';
import type {
  EngineMethod,
  EventName,
  EventOf,
  Params,
  ParsedParams,
  Result,
} from '../../src/contract/app.ts';
import { engineMethods } from '../../src/contract/app.ts';
import { openServices } from '../../src/engine/app/open-services.ts';
import type { Services } from '../../src/engine/app/open-services.ts';
import type { WatchPace } from '../../src/engine/app/imports/folder-watches.ts';
import type { SilenceLimits } from '../../src/engine/worker/watchdog.ts';
import { openStore } from '../../src/store/store.ts';
import type { Store } from '../../src/store/store.ts';

type Listener = (name: EventName, content: unknown) => void;

/** The engine's services in this process, with their real workers, for tests of their internals. */
export class OpenServices {
  readonly store: Store;
  readonly services: Services;
  readonly #listeners: Set<Listener>;

  private constructor(store: Store, services: Services, listeners: Set<Listener>) {
    this.store = store;
    this.services = services;
    this.#listeners = listeners;
  }

  static async open(
    workspace: string,
    patience?: SilenceLimits,
    pace?: WatchPace,
  ): Promise<OpenServices> {
    const store = openStore(workspace);
    const listeners = new Set<Listener>();
    const emit = (name: EventName, content: unknown): void => {
      for (const listener of listeners) listener(name, content);
    };
    const services = await openServices(store, emit, { silenceLimits: patience, pace });
    return new OpenServices(store, services, listeners);
  }

  async call<M extends EngineMethod>(method: M, params: Params<M>): Promise<Result<M>> {
    const parsed = engineMethods[method].params.parse(params) as ParsedParams<M>;
    return this.services.handlers[method](parsed, new AbortController().signal);
  }

  /** Waits for the next event of a name that passes a test. */
  next<E extends EventName>(
    name: E,
    test: (content: EventOf<E>) => boolean = () => true,
  ): Promise<EventOf<E>> {
    return new Promise((resolve) => {
      const listener: Listener = (heard, content) => {
        // Emitted by this program, so it has the right form.
        if (heard !== name || !test(content as EventOf<E>)) return;
        this.#listeners.delete(listener);
        resolve(content as EventOf<E>);
      };
      this.#listeners.add(listener);
    });
  }

  async close(): Promise<void> {
    await this.services.close();
    this.store.close();
  }
}

/** Returns the worker of a process, as Linux lists it: its only child that runs worker.ts. */
export function workerOf(parent: number): number {
  for (const task of readdirSync(`/proc/${parent}/task`)) {
    const children = readFileSync(`/proc/${parent}/task/${task}/children`, 'utf8');
    for (const child of children.trim().split(' ').filter(Boolean)) {
      if (readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('worker.ts')) {
        return Number(child);
      }
    }
  }
  throw new Error('no worker is running');
}
