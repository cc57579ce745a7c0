interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<unknown>;
}

/** Work in progress that can be stopped, one piece per key, such as a project. */
export class RunningWork<Key> {
  readonly #running = new Map<Key, Running>();

  /** True while any work is running. */
  get isAny(): boolean {
    return this.#running.size > 0;
  }

  has(key: Key): boolean {
    return this.#running.has(key);
  }

  /** Runs work, whose signal is aborted by `signal`, `abort` and `stop`. The caller checks that the key is free. */
  async run<T>(
    key: Key,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const ended = work(AbortSignal.any([signal, controller.signal]));
    this.#running.set(key, { controller, ended });
    try {
      return await ended;
    } finally {
      this.#running.delete(key);
    }
  }

  /** Asks work to stop; does nothing if none is running. */
  abort(key: Key): void {
    this.#running.get(key)?.controller.abort();
  }

  /** Stops work; resolves when it has ended, however. */
  async stop(key: Key): Promise<void> {
    this.abort(key);
    await this.#running.get(key)?.ended.catch(() => undefined);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((key) => this.stop(key)));
  }
}
