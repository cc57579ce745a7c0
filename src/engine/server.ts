import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { EngineMessage } from '../contract/app.ts';
import { openStore } from '../store/store.ts';
import { Dispatcher } from './services/dispatch.ts';
import type { Emit } from './services/dispatch.ts';
import { openServices } from './services/handlers.ts';
import { WorkspaceWatch } from './services/workspace-watch.ts';
import { failureOf } from './worker-protocol.ts';
import { makeFilesPrivate } from './private-files.ts';
import { noteOpening } from './workspace-origin.ts';

// The engine in a process of its own, `server.ts --workspace <folder>`, driven over the channel of the
// process that started it. It tells when it is ready, or why it cannot be (any more), and ends with its
// parent. With `--known` the folder had projects before.

const { values } = parseArgs({
  options: { workspace: { type: 'string' }, known: { type: 'boolean', default: false } },
});
const workspace = z.string().min(1).parse(values.workspace);
/** Something that a person can put right, so starting again at once is of no use. */
const unusable = 2;

makeFilesPrivate();

const send = (message: EngineMessage, sent = (): void => undefined): void => {
  if (!process.connected) return;
  // Whoever started this process may be gone: `disconnect` tells, and nothing need be said twice.
  process.send?.(message, undefined, {}, sent);
};
const emit: Emit = (name, content) => {
  send({ kind: 'event', name, content });
};

try {
  await serve(workspace);
} catch (error) {
  emit('engine.state', { state: 'failed', error: failureOf(error) });
  process.exitCode = unusable;
  if (process.connected) process.disconnect();
}

async function serve(folder: string): Promise<void> {
  const store = openStore(folder, { isKnown: values.known });
  const origin = noteOpening(store);
  const services = await openServices(store, emit, undefined, undefined, origin);
  let isClosing = false;
  /**
   * The folder is gone. The database stays open to the end: closing it deletes files beside it by name,
   * which may be another's by now; what it holds is whole as it is.
   */
  const abandon = (error: unknown): void => {
    if (isClosing) return;
    isClosing = true;
    services.abandon();
    const end = (): void => process.exit(unusable);
    const content = { state: 'failed', error: failureOf(error) } as const;
    send({ kind: 'event', name: 'engine.state', content }, end);
    setTimeout(end, 1000);
  };
  const watch = new WorkspaceWatch(store, abandon);
  const shutdown = async (): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    watch.close();
    await services.close();
    try {
      store.close();
    } catch (error) {
      // On a full disk: what was written is safe, and the next start tidies up.
      console.error(error);
    }
    if (process.connected) process.disconnect();
    // An open handle of a library must not keep the process.
    process.exit();
  };
  const dispatcher = new Dispatcher(
    services.handlers,
    send,
    () => void shutdown(),
    () => {
      store.requireThere();
    },
  );
  process.on('message', (message) => void dispatcher.receive(message));
  process.on('disconnect', () => void shutdown());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void shutdown());
  emit('engine.state', { state: 'ready', error: null });
}
