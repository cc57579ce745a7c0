import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import type { PoolOptions, PoolRunnerInitializer, PoolWorker, WorkerRequest } from 'vitest/node';
import { namespaceIfPermitted } from './namespace.ts';
import type { Namespace } from './namespace.ts';

/** Time for a worker to end before it is killed, ms. */
const patience = 10_000;

/**
 * Runs each test file in a process in a network namespace of its own, so that the file sees every packet of the
 * programs it started and no others. If namespaces are not permitted, it uses an ordinary process.
 */
export const noNetworkPool: PoolRunnerInitializer = {
  name: 'no-network',
  createPoolWorker: (options) => new NamespaceWorker(options),
};

/** True once the reason why there are no namespaces was printed. */
let isKnownToFail = false;

class NamespaceWorker implements PoolWorker {
  readonly name = 'no-network';
  readonly cacheFs = true;
  readonly #options: PoolOptions;
  #namespace: Namespace | null = null;
  #child: ChildProcess | null = null;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (!isKnownToFail) {
      this.#namespace = await namespaceIfPermitted('the window contacts nothing');
      isKnownToFail = this.#namespace === null;
    }
    const { distPath, env, execArgv, project } = this.#options;
    const entry = join(distPath, 'workers', 'forks.js');
    const channel = { serialization: 'advanced', env } as const;
    this.#child =
      this.#namespace === null
        ? fork(entry, [], { ...channel, execArgv, stdio: 'pipe' })
        : this.#namespace.start(process.execPath, [...execArgv, entry], {
            ...channel,
            stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
          });
    const { outputStream, errorStream } = project.vitest.logger;
    this.#child.stdout?.on('data', (text: Buffer) => outputStream.write(text));
    this.#child.stderr?.on('data', (text: Buffer) => errorStream.write(text));
  }

  async stop(): Promise<void> {
    const child = this.#running;
    if (child.exitCode === null && child.signalCode === null) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => child.kill('SIGKILL'), patience);
        child.once('exit', () => {
          clearTimeout(timer);
          resolve();
        });
        child.kill();
      });
    }
    await this.#namespace?.close();
  }

  on(event: string, callback: (content: unknown) => void): void {
    this.#running.on(event, callback);
  }

  off(event: string, callback: (content: unknown) => void): void {
    this.#running.off(event, callback);
  }

  send(message: WorkerRequest): void {
    this.#running.send(message);
  }

  deserialize(content: unknown): unknown {
    return content;
  }

  get #running(): ChildProcess {
    if (this.#child === null) throw new Error('This worker has not been started.');
    return this.#child;
  }
}
