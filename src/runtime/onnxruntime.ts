import './no-telemetry.ts';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { graphInputs } from '../core/graph/ops.ts';
import type { Graph } from '../core/graph/ops.ts';
import { emitOnnx } from '../core/onnx/emit.ts';
import { tensor } from '../core/tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import type { DeviceTensor, Executor, LoadedGraph, Results } from './executor.ts';

/** Of ONNX Runtime. */
export const runtimeVersion: string = env.versions.node ?? env.versions.common;

export interface OnnxRuntimeOptions {
  /** Threads inside an operator; by default one a core that this process may use. */
  readonly threads?: number;
  /** Writes ONNX Runtime's own profile to files that begin with this path. */
  readonly profilePrefix?: string;
}

/** Weights beyond this many bytes are handed over beside the message instead of being copied into it. */
const externalThreshold = 64 << 20;
const externalFile = 'weights.bin';

/** ONNX Runtime's CPU kernels, as `onnxruntime-node` brings them. */
export function onnxRuntimeCpu(options: OnnxRuntimeOptions = {}): Executor {
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    // Warnings here are about the runtime's own choices; errors are thrown.
    logSeverityLevel: 3,
    extra: {
      // Gradients near convergence can be full of subnormal numbers, which processors compute slowly.
      // Idle threads of one session must not spin while another session runs: teacher and student
      // take turns, and each was up to eight times slower.
      session: { set_denormal_as_zero: '1', force_spinning_stop: '1' },
      // Measured on the training step: Gemm spreads its bias with one thread where Add uses all, and
      // the transpose optimiser repeats transposes that FusedMatMul takes in for nothing.
      optimization: { disable_specified_optimizers: 'MatMulAddFusion;TransposeOptimizer' },
    },
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(options.profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
  return {
    name: 'cpu',
    // 32 images of 65 tokens: that many keep a step's intermediate results in the caches, 10 % faster than
    // 128 images, and a large teacher's step within memory.
    tokensAtOnce: 2080,
    async load(graph) {
      const { model, weights } = emitOnnx(graph, {
        external: { file: externalFile, threshold: externalThreshold },
      });
      const externalData =
        weights.length === 0 ? [] : [{ path: externalFile, data: Buffer.concat(weights) }];
      const session = await InferenceSession.create(model, { ...sessionOptions, externalData });
      return new OnnxSession(graph.name, session, declaredShapes(graph));
    },
    async loadFile(path) {
      const session = await InferenceSession.create(path, sessionOptions);
      return new OnnxSession(path, session, new Map());
    },
  };
}

class OnnxSession implements LoadedGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #name: string;
  readonly #session: InferenceSession;
  readonly #shapes: DeclaredShapes;

  constructor(name: string, session: InferenceSession, shapes: DeclaredShapes) {
    this.inputs = session.inputNames;
    this.outputs = session.outputNames;
    this.#name = name;
    this.#session = session;
    this.#shapes = shapes;
  }

  async run(inputs: Readonly<Record<string, Tensor | DeviceTensor>>): Promise<Results> {
    const feeds: Record<string, OrtTensor> = {};
    for (const name of this.inputs) {
      const value = inputs[name];
      if (!value) throw new Error(`${this.#name}: input ${name} is missing`);
      const shape = this.#shapes.get(name);
      if (shape && !accepts(shape, value.shape)) {
        throw new Error(
          `${this.#name}: input ${name} must be (${shape.map((size) => size ?? 'any').join(', ')}), got (${value.shape.join(', ')})`,
        );
      }
      feeds[name] = value instanceof OrtDeviceTensor ? value.native : toNative(value);
    }
    const unknown = Object.keys(inputs).find((name) => !this.inputs.includes(name));
    if (unknown !== undefined) throw new Error(`${this.#name}: has no input ${unknown}`);
    const results = await this.#session.run(feeds);
    return new Map(
      Object.entries(results).map(([name, native]) => [name, new OrtDeviceTensor(native)]),
    );
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

class OrtDeviceTensor implements DeviceTensor {
  readonly native: OrtTensor;

  constructor(native: OrtTensor) {
    this.native = native;
  }

  get shape(): readonly number[] {
    return this.native.dims;
  }

  async read(): Promise<Tensor> {
    const data = await this.native.getData();
    if (!(data instanceof Float32Array))
      throw new Error(`expected float32, got ${this.native.type}`);
    return tensor(this.native.dims, data);
  }

  dispose(): void {
    this.native.dispose();
  }
}

function toNative(value: Tensor | DeviceTensor): OrtTensor {
  if (!('data' in value)) throw new Error('a tensor of another executor cannot be used here');
  return new OrtTensor('float32', value.data, value.shape);
}

/** By input; an axis without a size takes any. */
type DeclaredShapes = ReadonlyMap<string, readonly (number | undefined)[]>;

function declaredShapes(graph: Graph): DeclaredShapes {
  return new Map(
    graphInputs(graph).map(({ attributes: { name, type } }) => {
      const any = type.shape[0] === graph.batch;
      return [name, type.shape.map((size, axis) => (any && axis === 0 ? undefined : size))];
    }),
  );
}

function accepts(declared: readonly (number | undefined)[], shape: readonly number[]): boolean {
  return (
    declared.length === shape.length &&
    declared.every((size, axis) => size === undefined || size === shape[axis])
  );
}
