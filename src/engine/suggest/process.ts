import { openExecutor } from '../devices/open-executor.ts';
import { endAfterParent } from '../worker/orphan-watch.ts';
import type { SuggestMessage, SuggestOrder } from './protocol.ts';
import { Suggester } from './suggester.ts';
import { failureOf } from '../failures.ts';
import { throwIfCancelled } from '../job.ts';

// Process that suggests masks. It keeps a teacher and the features of recent images. The runtime blocks its thread
// while it computes, and a crash of a driver or for lack of memory ends only this process. Orders are done one after
// the other; the process ends when the engine ends it or has exited.

endAfterParent();

const suggester = new Suggester(openExecutor('cpu'));
const controllers = new Map<number, AbortController>();
let last = Promise.resolve();

process.on('message', (order: SuggestOrder) => {
  if (order.kind === 'abort') {
    controllers.get(order.id)?.abort();
    return;
  }
  const controller = new AbortController();
  controllers.set(order.id, controller);
  last = last.then(() => perform(order, controller.signal));
});
process.on('disconnect', () => {
  process.exit();
});

async function perform(
  order: Exclude<SuggestOrder, { kind: 'abort' }>,
  signal: AbortSignal,
): Promise<void> {
  const { id } = order;
  const context = {
    signal,
    report: (progress: Extract<SuggestMessage, { kind: 'progress' }>['progress']) => {
      send({ kind: 'progress', id, progress });
    },
  };
  try {
    throwIfCancelled(context);
    if (order.kind === 'look') {
      await suggester.prepare(order.request, context);
      send({ kind: 'result', id, result: null });
    } else {
      send({ kind: 'result', id, result: await suggester.suggest(order.request, context) });
    }
  } catch (error) {
    send({ kind: 'failure', id, failure: failureOf(error) });
  } finally {
    controllers.delete(id);
  }
}

function send(message: SuggestMessage): void {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}
