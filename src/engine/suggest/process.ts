import { UserError } from '../../core/errors.ts';
import { openExecutor } from '../devices/open-executor.ts';
import { endAfterParent } from '../orphan-watch.ts';
import { failureOf } from '../worker-protocol.ts';
import type { SuggestMessage, SuggestOrder } from './protocol.ts';
import { Suggester } from './suggester.ts';

// A process that suggests masks: it keeps a teacher and what it saw of the images that are worked on. The
// runtime blocks its thread while it computes, and what a driver or a lack of memory brings down is only
// this process. Orders are done one after the other; it ends when the engine says so or is gone.

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
    if (signal.aborted) throw new UserError('cancelled', 'Stopped.');
    if (order.kind === 'look') {
      await suggester.look(order.request, context);
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
