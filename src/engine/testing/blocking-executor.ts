import type { Graph } from '../../core/graph/ops.ts';
import { zeros } from '../../core/tensor.ts';
import type { DeviceTensor, Executor, Inputs, LoadedGraph } from '../../runtime/executor.ts';

/**
 * Returns an executor for tests and benchmarks that computes nothing and returns zeros.
 *
 * @param run called with the name of each graph that runs; may block the thread, as a GPU's executor does
 */
export function blockingExecutor(run: (graph: string) => void): Executor {
  return {
    name: 'blocking',
    tokensAtOnce: 6304,
    busyThreads: 1,
    keepsResults: false,
    load: (graph) => Promise.resolve(loaded(graph, run)),
  };
}

function loaded(graph: Graph, run: (graph: string) => void): LoadedGraph {
  return {
    inputs: [],
    outputs: [...graph.outputs.keys()],
    run: (inputs) => {
      run(graph.name);
      return Promise.resolve(
        new Map([...graph.outputs].map(([name, { type }]) => [name, zerosOf(type.shape, inputs)])),
      );
    },
    dispose: () => Promise.resolve(),
  };

  function zerosOf(declared: readonly number[], { images }: Inputs): DeviceTensor {
    const shape = graph.batch === undefined ? declared : declared.with(0, images?.shape[0] ?? 0);
    return { shape, read: () => Promise.resolve(zeros(shape)), dispose: () => undefined };
  }
}

/**
 * Blocks this thread until `values[0]` is `wanted`, without using a processor; returns false after `ms`.
 */
export function blockUntil(
  values: Int32Array<SharedArrayBuffer>,
  wanted: number,
  ms: number,
): boolean {
  const end = performance.now() + ms;
  for (;;) {
    const value = Atomics.load(values, 0);
    const left = end - performance.now();
    if (value === wanted || left <= 0) return value === wanted;
    Atomics.wait(values, 0, value, left);
  }
}
