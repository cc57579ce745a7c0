import { UserError } from '../core/errors.ts';
import type { Graph } from '../core/graph/ops.ts';
import type { Tensor } from '../core/tensor.ts';

/** Runs graphs on one device of this machine. */
export interface Executor {
  /** As the user names it: `cpu`. */
  readonly name: string;
  /** How many tokens (images times patches) at a time suit this device best in a training step. */
  readonly tokensAtOnce: number;
  /** Threads of the processor that it keeps busy at work. */
  readonly busyThreads: number;
  /** Of the device, where that is known. */
  readonly memoryBytes?: number | undefined;
  /** Whether results stay in a device's memory, from where reading takes time. */
  readonly keepsResults: boolean;
  /** Compiles a graph; its constants are copied to the device once. */
  load(graph: Graph): Promise<LoadedGraph>;
}

/** An executor that also runs what was exported. */
export interface ModelFileExecutor extends Executor {
  /** Loads a model file, with any weights file beside it. */
  loadFile(path: string): Promise<LoadedGraph>;
}

/** A graph that is ready to run any number of times. */
export interface LoadedGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Runs once. Results stay on the device, so that a training step's state can be fed back without
   * a copy; the caller disposes them.
   *
   * @throws when an input is missing, unknown or of another shape
   */
  run(inputs: Inputs): Promise<Results>;
  dispose(): Promise<void>;
}

export type Inputs = Readonly<Record<string, Tensor | DeviceTensor>>;

export type Results = ReadonlyMap<string, DeviceTensor>;

/** A float32 tensor where the executor keeps it. */
export interface DeviceTensor {
  readonly shape: readonly number[];
  read(): Promise<Tensor>;
  dispose(): void;
}

/**
 * Loads graphs in turn; where one cannot be loaded those before it are disposed.
 *
 * @throws as `load`
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

/** One named result as values; the others are disposed. */
export async function readResult(results: Results, name: string): Promise<Tensor> {
  const wanted = results.get(name);
  if (!wanted) throw new Error(`no result ${name}; there are ${[...results.keys()].join(', ')}`);
  const values = await wanted.read();
  for (const result of results.values()) result.dispose();
  return values;
}

/**
 * The same, where what was computed must be numbers.
 *
 * @throws UserError 'diverged' where it is not
 */
export async function readFinite(results: Results, name: string): Promise<Tensor> {
  const values = await readResult(results, name);
  if (values.data.every(Number.isFinite)) return values;
  throw new UserError(
    'diverged',
    `What the model gives (${name}) are no numbers. Its file may be damaged, or the device that computes may be faulty.`,
  );
}
