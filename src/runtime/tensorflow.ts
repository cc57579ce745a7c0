import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { whileComputing } from '../core/activity.ts';
import { UserError } from '../core/errors.ts';
import { checkGraph } from '../core/graph/check.ts';
import { graphInputs, reachableNodes } from '../core/graph/ops.ts';
import type { Graph, NodeOf, OpName } from '../core/graph/ops.ts';
import { must } from '../core/must.ts';
import { tensor } from '../core/tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import { tensorFlowText } from '../text/index.ts';
import { declaredShapes, matchInputs, requireValues } from './declared-inputs.ts';
import type { DeclaredInputs } from './declared-inputs.ts';
import type { DeviceTensor, Executor, Inputs, LoadedGraph, Results } from './executor.ts';
import { chooseBackend, loadTensorFlow, tensorflowNative } from './tensorflow-library.ts';
import type { TensorFlow, TensorFlowBackend, TensorFlowOptions } from './tensorflow-library.ts';
import { tensorflowLowerings } from './tensorflow-ops.ts';
import type { TensorFlowLowering } from './tensorflow-ops.ts';
import { planRun } from './tensorflow-plan.ts';
import type { Step } from './tensorflow-plan.ts';
import { defaultThreads } from './threads.ts';

/**
 * Executor that runs TensorFlow.js node by node. Ops block the thread until they are done.
 *
 * @throws UserError 'device' from `load` if the backend is not installed or cannot be loaded, and from a loaded
 * graph's `run` if TensorFlow fails
 */
export function tensorFlow(backend: TensorFlowBackend, options: TensorFlowOptions = {}): Executor {
  const isOnGpu = (): boolean => {
    const report = backend === 'cpu' ? undefined : tensorflowNative(options);
    return report?.usable === true && report.device === 'gpu';
  };
  return {
    name: backend,
    memoryBytes: options.memoryBytes,
    keepsResults: false,
    // Same numbers as for ONNX Runtime.
    get tokensAtOnce() {
      return isOnGpu() ? 6304 : 2080;
    },
    get busyThreads() {
      return backend === 'cpu' || isOnGpu() ? 1 : (options.threads ?? defaultThreads());
    },
    load: (graph) =>
      new Promise((resolve) => {
        checkGraph(graph);
        requireOffered(graph);
        resolve(new TensorFlowGraph(graph, loadTensorFlow(backend, options), backend));
      }),
  };
}

/** @throws Error for the first op that TensorFlow.js does not offer, since it computes in float32 only */
function requireOffered({ name, outputs }: Graph): void {
  for (const { op, inputs, types } of reachableNodes(outputs.values())) {
    if (op === 'constant') continue;
    const other = [...types, ...inputs.map(({ type }) => type)].find(
      ({ dtype }) => dtype !== 'float32',
    );
    if (other) {
      throw new Error(
        `${name}: TensorFlow.js does not support ${op} of ${other.dtype}; it computes in float32 only`,
      );
    }
  }
}

class TensorFlowGraph implements LoadedGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #tf: TensorFlow;
  readonly #backend: TensorFlowBackend;
  readonly #declared: DeclaredInputs;
  readonly #steps: readonly Step[];
  /** Places of the graph's inputs and outputs by name. */
  readonly #inputPlaces: ReadonlyMap<string, number>;
  readonly #outputPlaces: ReadonlyMap<string, number>;
  /** Weights by place. */
  readonly #constants = new Map<number, TfTensor>();

  constructor(graph: Graph, tf: TensorFlow, backend: TensorFlowBackend) {
    this.#tf = tf;
    this.#backend = backend;
    const { steps, places } = planRun(graph);
    this.#steps = steps;
    const inputs = graphInputs(graph);
    this.inputs = inputs.map(({ attributes }) => attributes.name);
    this.outputs = [...graph.outputs.keys()];
    this.#declared = { graph: graph.name, names: this.inputs, shapes: declaredShapes(graph) };
    this.#inputPlaces = new Map(inputs.map((node) => [node.attributes.name, places.of(node, 0)]));
    this.#outputPlaces = new Map(
      [...graph.outputs].map(([name, { node, output }]) => [name, places.of(node, output)]),
    );
    chooseBackend(tf, backend);
    for (const node of reachableNodes(graph.outputs.values())) {
      if (node.op !== 'constant') continue;
      const { type, data } = node.attributes;
      this.#constants.set(places.of(node, 0), upload(tf, tensor(type.shape, data as Float32Array)));
    }
  }

  run(inputs: Inputs): Promise<Results> {
    return whileComputing(
      () =>
        new Promise((resolve) => {
          resolve(this.#compute(inputs));
        }),
    );
  }

  dispose(): Promise<void> {
    for (const constant of this.#constants.values()) constant.dispose();
    this.#constants.clear();
    return Promise.resolve();
  }

  #compute(inputs: Inputs): Results {
    const [tf, backend] = [this.#tf, this.#backend];
    const feeds = matchInputs(this.#declared, inputs).map(
      ([name, value]) => [this.#inputPlaces.get(name) ?? -1, this.#feedOf(value)] as const,
    );
    chooseBackend(tf, backend);
    /** Results of this run that are not disposed yet, by place. */
    const values = new Map<number, TfTensor>();
    const at = (place: number): TfTensor => {
      const value = values.get(place) ?? this.#constants.get(place);
      if (!value)
        throw new Error('a value is used before it is computed or after its graph is disposed');
      return value;
    };
    try {
      for (const [place, feed] of feeds) {
        values.set(place, 'data' in feed ? upload(tf, feed) : tf.clone(feed.native));
      }
      for (const { node, inputs: taken, transposed, outputs, released } of this.#steps) {
        const results = compute(tf, node, taken.map(at), transposed);
        outputs.forEach((place, index) => values.set(place, must(results[index], 'a value')));
        for (const place of released) {
          values.get(place)?.dispose();
          values.delete(place);
        }
      }
      return new Map(
        [...this.#outputPlaces].map(([name, place]) => [
          name,
          new TfDeviceTensor(tf.clone(at(place)), backend),
        ]),
      );
    } catch (error) {
      // In JavaScript a failure is a defect.
      throw backend === 'tensorflow' ? failure(error) : error;
    } finally {
      for (const value of values.values()) value.dispose();
    }
  }

  #feedOf(value: Tensor | DeviceTensor): Tensor | TfDeviceTensor {
    const own = value instanceof TfDeviceTensor && value.backend === this.#backend;
    return own ? value : requireValues(value);
  }
}

class TfDeviceTensor implements DeviceTensor {
  readonly native: TfTensor;
  readonly backend: TensorFlowBackend;

  constructor(native: TfTensor, backend: TensorFlowBackend) {
    this.native = native;
    this.backend = backend;
  }

  get shape(): readonly number[] {
    return this.native.shape;
  }

  async read(): Promise<Tensor> {
    // A copy, since the JavaScript backend returns the array that it computes with.
    return tensor(this.shape, (await this.native.data<'float32'>()).slice());
  }

  dispose(): void {
    this.native.dispose();
  }
}

function failure(error: unknown): UserError {
  return new UserError('device', tensorFlowText.failed, String(error));
}

/** Computes one node's outputs. */
function compute<K extends OpName>(
  tf: TensorFlow,
  node: NodeOf<K>,
  inputs: readonly TfTensor[],
  transposed: readonly boolean[],
): readonly TfTensor[] {
  const lowering: TensorFlowLowering<K> | 'none' = tensorflowLowerings[node.op];
  if (lowering === 'none') throw new Error(`${node.op}: not supported`);
  return tf.tidy(() => [...lowering(tf, inputs, node, transposed)]);
}

/** Copies values to the device: the tensor of an array shares it until an op uses it, and in JavaScript always. */
function upload(tf: TensorFlow, { shape, data }: Tensor): TfTensor {
  return tf.tidy(() => tf.mul(tf.tensor(data, [...shape], 'float32'), 1));
}
