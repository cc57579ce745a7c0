import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { EngineMessage } from '../contract/app.ts';
import { openStore } from '../store/store.ts';
import { Dispatcher } from './services/dispatch.ts';
import type { Emit } from './services/dispatch.ts';
import { openServices } from './services/handlers.ts';
import { failureOf } from './worker-protocol.ts';

// The engine in a process of its own, `server.ts --workspace <folder>`, driven over the channel of the
// process that started it. It tells when it is ready, or why it cannot be, and ends with its parent.

const { values } = parseArgs({ options: { workspace: { type: 'string' } } });
const workspace = z.string().min(1).parse(values.workspace);

const send = (message: EngineMessage): void => {
  if (!process.connected) return;
  // Whoever started this process may be gone: `disconnect` tells, and nothing need be said twice.
  process.send?.(message, undefined, {}, () => undefined);
};
const emit: Emit = (name, content) => {
  send({ kind: 'event', name, content });
};

try {
  await serve(workspace);
} catch (error) {
  emit('engine.state', { state: 'failed', error: failureOf(error) });
  // 2: something that a person can put right, so starting again at once is of no use.
  process.exitCode = 2;
  if (process.connected) process.disconnect();
}

async function serve(folder: string): Promise<void> {
  const store = openStore(folder);
  const services = await openServices(store, emit);
  let isClosing = false;
  const shutdown = async (): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
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
  const dispatcher = new Dispatcher(services.handlers, send, () => void shutdown());
  process.on('message', (message) => void dispatcher.receive(message));
  process.on('disconnect', () => void shutdown());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void shutdown());
  emit('engine.state', { state: 'ready', error: null });
}
