import { UserError } from '../core/errors.ts';
import type { Graph } from '../core/graph/ops.ts';
import type { Tensor } from '../core/tensor.ts';
import { executorText } from '../text/index.ts';

/** Executor of graphs on one device of this machine. */
export interface Executor {
  /** Name as used by the user: `cpu`. */
  readonly name: string;
  /** Number of tokens (images times patches) per run that suits this device best in a training step. */
  readonly tokensAtOnce: number;
  /** Number of processor threads that it keeps busy. */
  readonly busyThreads: number;
  /** Memory of the device, if known. */
  readonly memoryBytes?: number | undefined;
  /** True if results stay in a device's memory, so that reading them takes time. */
  readonly keepsResults: boolean;
  /** Compiles a graph; its constants are copied to the device once. */
  load(graph: Graph): Promise<LoadedGraph>;
}

/** Executor that can also run exported files. */
export interface ModelFileExecutor extends Executor {
  /** Loads a model file, with any weights file next to it. */
  loadFile(path: string): Promise<LoadedGraph>;
}

/** Graph that is ready to run any number of times. */
export interface LoadedGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Runs the graph once. Results stay on the device, so that a training step's state can be fed back without
   * a copy; the caller disposes them.
   *
   * @throws if an input is missing, unknown or of another shape
   */
  run(inputs: Inputs): Promise<Results>;
  dispose(): Promise<void>;
}

export type Inputs = Readonly<Record<string, Tensor | DeviceTensor>>;

export type Results = ReadonlyMap<string, DeviceTensor>;

/** Float32 tensor in the executor's memory. */
export interface DeviceTensor {
  readonly shape: readonly number[];
  read(): Promise<Tensor>;
  dispose(): void;
}

/**
 * Loads graphs in turn; if one fails to load, those before it are disposed.
 *
 * @throws the same errors as `load`
 */
export async function loadAll(
  executor: Pick<Executor, 'load'>,
  graphs: readonly Graph[],
): Promise<LoadedGraph[]> {
  const loaded: LoadedGraph[] = [];
  try {
    for (const graph of graphs) loaded.push(await executor.load(graph));
    return loaded;
  } catch (error) {
    await Promise.all(loaded.map((graph) => graph.dispose()));
    throw error;
  }
}

/** Reads one named result as values and disposes all results. */
export async function readResult(results: Results, name: string): Promise<Tensor> {
  const wanted = results.get(name);
  if (!wanted) throw new Error(`no result ${name}; there are ${[...results.keys()].join(', ')}`);
  const values = await wanted.read();
  for (const result of results.values()) result.dispose();
  return values;
}

/**
 * Reads one named result, whose values must be finite.
 *
 * @throws UserError 'diverged' for NaN or infinite values
 */
export async function readFinite(results: Results, name: string): Promise<Tensor> {
  const values = await readResult(results, name);
  if (values.data.every(Number.isFinite)) return values;
  throw new UserError('diverged', executorText.notFinite(name));
}
