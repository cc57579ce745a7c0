import { expect, it } from 'vitest';
import { add, input } from '../../core/graph/build.ts';
import type { Executor, LoadedGraph } from '../../runtime/executor.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { timeInTurns } from '../tasks/classification/comparison.ts';
import { tinyArchitecture } from '../../../tests/support/tiny-vit.ts';
import { secondsAnImage } from './speed.ts';

/**
 * Returns a device that, like a GPU, returns before it has computed: work piles up until a value is read.
 *
 * @param seen number of pending runs, and the largest number so far
 */
function lateExecutor(seen: { pending: number; most: number }): Executor {
  const processor = onnxRuntime('cpu', { threads: 1 });
  return {
    ...processor,
    keepsResults: true,
    async load(graph) {
      const loaded = await processor.load(graph);
      return {
        inputs: loaded.inputs,
        outputs: loaded.outputs,
        dispose: () => loaded.dispose(),
        async run(inputs) {
          seen.pending++;
          seen.most = Math.max(seen.most, seen.pending);
          const results = await loaded.run(inputs);
          for (const result of results.values()) {
            const read = result.read.bind(result);
            result.read = () => {
              seen.pending = 0;
              return read();
            };
          }
          return results;
        },
      };
    },
  };
}

const x = input('image', [2, 3, 4, 4]);
const graph = { name: 'twice', outputs: new Map([['features', add(x, x)]]), batch: 2 };

it('measures completed work, not submitted work', async () => {
  const seen = { pending: 0, most: 0 };
  expect(await secondsAnImage(lateExecutor(seen), graph, 5)).toBeGreaterThan(0);
  expect(seen.pending).toBe(0);
  // The graph, and the one that reads a value of its result.
  expect(seen.most).toBe(2);
});

it('times models until their results arrive', async () => {
  const seen = { pending: 0, most: 0 };
  const loaded: LoadedGraph = await lateExecutor(seen).load(graph);
  const context = { signal: new AbortController().signal, report: () => undefined };
  const timed = [1, 2].map((depth) => ({ encoder: loaded, shape: { ...tinyArchitecture, depth } }));
  const times = await timeInTurns(
    [...timed, ...timed.slice(1)],
    { imageSize: 4, channels: 3 },
    2,
    context,
  );
  expect(seen).toEqual({ pending: 0, most: 1 });
  // Encoders of the same architecture share their measurement.
  expect(times).toHaveLength(3);
  expect(times[2]).toBe(times[1]);
});
