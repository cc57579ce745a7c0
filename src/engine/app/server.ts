import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { EngineMessage } from '../../contract/app.ts';
import { openStore } from '../../store/store.ts';
import { Dispatcher } from './dispatch.ts';
import type { Emit } from '../events.ts';
import { openServices } from './open-services.ts';
import { WorkspaceWatch } from './workspace-watch.ts';
import { makeFilesPrivate } from '../files/private-files.ts';
import { noteOpening } from '../files/workspace-origin.ts';
import { failureOf } from '../failures.ts';

// Engine process, `server.ts --workspace <folder>`, controlled over the IPC channel of its parent. It reports when it
// is ready or why it failed, and ends with its parent. `--known` means that the folder had projects before.

const { values } = parseArgs({
  options: { workspace: { type: 'string' }, known: { type: 'boolean', default: false } },
});
const workspace = z.string().min(1).parse(values.workspace);
/** Exit code for a problem that the user has to correct: restarting at once is pointless. */
const unusable = 2;

makeFilesPrivate();

const send = (message: EngineMessage, sent = (): void => undefined): void => {
  if (!process.connected) return;
  // The parent may have ended; `disconnect` reports that.
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
  const services = await openServices(store, emit, { origin });
  let isClosing = false;
  /**
   * Shuts down when the folder has disappeared. The database stays open to the end: closing it deletes files next to
   * it by name, which may belong to another workspace by now; its content is already complete.
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
      // With a full disk: written data is safe, and the next start cleans up.
      console.error(error);
    }
    if (process.connected) process.disconnect();
    // An open handle of a library must not keep the process alive.
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
