import './no-telemetry.ts';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { whileComputing } from '../core/activity.ts';
import { UserError } from '../core/errors.ts';
import type { Graph, OpName } from '../core/graph/ops.ts';
import { forUntransposedProducts } from '../core/graph/untransposed-products.ts';
import { emitOnnx, identityModel, weightFile, type OnnxModel } from '../core/onnx/emit.ts';
import { halfProducts } from '../core/onnx/precision.ts';
import { tensor } from '../core/tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import { onnxRuntimeText } from '../text/index.ts';
import { declaredShapes, matchInputs, requireValues } from './declared-inputs.ts';
import type { DeclaredInputs } from './declared-inputs.ts';
import type { DeviceTensor, Inputs, LoadedGraph, ModelFileExecutor, Results } from './executor.ts';
import { defaultThreads } from './threads.ts';

// A missing provider's messages are thrown as well; this keeps them from the terminal.
env.logLevel = 'fatal';

/** Version of ONNX Runtime. */
export const runtimeVersion: string = env.versions.node ?? env.versions.common;

export interface OnnxRuntimeOptions {
  /** Number of threads inside an operator; by default one per core that this process may use. */
  readonly threads?: number;
  /** Memory of the device, if known. */
  readonly memoryBytes?: number | undefined;
  /** Precision of the operands of matrix products; float16 needs a device that supports it. */
  readonly products?: 'float32' | 'float16';
  /** True to log to standard error which provider gets which node, among everything else that is logged. */
  readonly logsPlacements?: boolean;
  /** Path prefix of the files that ONNX Runtime's own profile is written to. */
  readonly profilePrefix?: string;
}

/** Size in bytes above which weights are passed separately from the message instead of being copied into it. */
const externalThreshold = 64 << 20;
const externalFile = 'weights.bin';

/** Execution provider: processor; GPU of any vendor; NVIDIA GPU on Linux; any GPU on Windows; Apple's. */
export type Provider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

interface ProviderTraits {
  readonly tokensAtOnce: number;
  /** Location of a graph's results; those of files are moved to the processor at once. */
  readonly location: 'cpu' | 'gpu-buffer';
  /** Ops without a kernel, which would otherwise run on the processor, with two copies. */
  readonly decomposedOps: ReadonlySet<OpName>;
  /** True if products cannot read transposed operands, and need many entries to compute in parallel. */
  readonly needsUntransposedProducts: boolean;
  /** Optimisers of the runtime that make graphs slower. */
  readonly disabledOptimizers: string;
  /** True to refuse graphs of which the processor would have to compute a part. */
  readonly requiresWholeGraphs: boolean;
}

const noOps: ReadonlySet<OpName> = new Set();

/**
 * Traits of providers on processors, by measurements of the training step: Gemm adds its bias with one thread where Add
 * uses all, and the transpose optimiser repeats transposes that FusedMatMul performs at no cost.
 */
const processorTraits = {
  decomposedOps: noOps,
  needsUntransposedProducts: false,
  disabledOptimizers: 'MatMulAddFusion;TransposeOptimizer',
  requiresWholeGraphs: false,
};

/**
 * Traits of each provider. On processors 32 images of 65 tokens at a time keep a step's intermediate results in the
 * caches, 10 % faster than 128 images, and a large teacher's step within memory. On a GPU 32 images of 197 tokens use
 * it fully.
 */
const traits: Readonly<Record<Provider, ProviderTraits>> = {
  cpu: { tokensAtOnce: 2080, location: 'cpu', ...processorTraits },
  webgpu: {
    tokensAtOnce: 6304,
    location: 'gpu-buffer',
    decomposedOps: new Set(['logSoftmax']),
    needsUntransposedProducts: true,
    // A product and its addition are one kernel there, which is slow with a transposed operand.
    disabledOptimizers: 'TransposeOptimizer;GemmTransposeFusion',
    requiresWholeGraphs: true,
  },
  // The runtime's binding for Node gives access to GPU memory for WebGPU only.
  cuda: { tokensAtOnce: 6304, location: 'cpu', ...processorTraits },
  dml: { tokensAtOnce: 6304, location: 'cpu', ...processorTraits },
  // Core ML supports some ops and leaves the others to the processor, with copies to and fro.
  coreml: { tokensAtOnce: 2080, location: 'cpu', ...processorTraits, requiresWholeGraphs: true },
};

/** Error for a device that was available and failed. */
function deviceError(provider: Exclude<Provider, 'cpu'>, error: unknown): UserError {
  const details = String(error);
  return new UserError('device', deviceErrorText(provider, details), details);
}

/** Error on a processor: only lack of memory is one for users, all others are defects. */
function processorError(error: unknown): unknown {
  const details = String(error);
  if (!/bad_alloc|bad allocation|failed to allocate/i.test(details)) return error;
  return new UserError('too-large', onnxRuntimeText.memoryTooSmall, details);
}

function deviceErrorText(provider: Provider, details: string): string {
  if (/f16|float16/i.test(details)) return onnxRuntimeText.noHalfPrecision(provider);
  if (details.includes('fallback to CPU EP has been explicitly disabled'))
    return onnxRuntimeText.partUnsupported(provider);
  return onnxRuntimeText.failed(provider);
}

/**
 * Creates an executor with ONNX Runtime's kernels, from `onnxruntime-node`.
 *
 * Loading and running throw a UserError 'device' if there is no device, driver or library, or if it fails;
 * on processors a failure is a bug and is thrown as it is.
 */
export function onnxRuntime(
  provider: Provider,
  options: OnnxRuntimeOptions = {},
): ModelFileExecutor {
  const { tokensAtOnce, location, requiresWholeGraphs } = traits[provider];
  const fileOptions = sessionOptionsOf(provider, options);
  const graphOptions = sessionOptionsOf(provider, options, requiresWholeGraphs);
  const reader = new DeviceReader(fileOptions);
  const guarded = guardOf(provider);
  return {
    name: provider,
    tokensAtOnce,
    // Threads that wait for a GPU are idle.
    busyThreads: provider === 'cpu' ? (options.threads ?? defaultThreads()) : 1,
    memoryBytes: options.memoryBytes,
    keepsResults: location === 'gpu-buffer',
    async load(graph) {
      const { model, weights } = emitFor(provider, options, graph);
      const externalData = weights.map((data, index) => ({
        path: weightFile(externalFile, index),
        data,
      }));
      const settings = { ...graphOptions, externalData, preferredOutputLocation: location };
      const loaded = await createSession(provider, reader, model, settings);
      return new OnnxSession(graph.name, loaded, declaredShapes(graph), reader, guarded);
    },
    async loadFile(path) {
      const loaded = await createSession(provider, reader, path, fileOptions);
      return new OnnxSession(path, loaded, new Map(), reader, guarded);
    },
  };
}

/** @param disablesFallback true to refuse graphs of which the processor would have to compute a part */
function sessionOptionsOf(
  provider: Provider,
  { threads, logsPlacements, profilePrefix }: OnnxRuntimeOptions,
  disablesFallback = false,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    // Warnings concern the runtime's own choices, and errors are thrown. Level 0 includes the placements.
    logSeverityLevel: logsPlacements ? 0 : 4,
    extra: {
      session: {
        // Gradients near convergence can be full of subnormal numbers, which processors compute slowly.
        set_denormal_as_zero: '1',
        // Idle threads of one session must not spin while another session runs: teacher and student
        // take turns, and spinning made each up to eight times slower.
        force_spinning_stop: '1',
        ...(disablesFallback && { disable_cpu_ep_fallback: '1' }),
      },
      optimization: { disable_specified_optimizers: traits[provider].disabledOptimizers },
    },
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  };
}

/** Converts a graph to a model in the form that suits the provider. */
function emitFor(provider: Provider, { products }: OnnxRuntimeOptions, graph: Graph): OnnxModel {
  const { needsUntransposedProducts, decomposedOps } = traits[provider];
  const suited = needsUntransposedProducts ? forUntransposedProducts(graph) : graph;
  return emitOnnx(products === 'float16' ? halfProducts(suited) : suited, {
    external: { file: externalFile, threshold: externalThreshold, hasSeparateFiles: true },
    decomposedOps,
  });
}

function guardOf(provider: Provider): Guard {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      throw provider === 'cpu' ? processorError(error) : deviceError(provider, error);
    }
  };
}

async function createSession(
  provider: Provider,
  reader: DeviceReader,
  model: string | Uint8Array,
  settings: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    // `create` has separate overloads for paths and bytes.
    return await whileComputing(() =>
      typeof model === 'string'
        ? InferenceSession.create(model, settings)
        : InferenceSession.create(model, settings),
    );
  } catch (error) {
    if (provider === 'cpu') throw processorError(error);
    if (await reader.isAvailable()) throw deviceError(provider, error);
    throw new UserError('device', onnxRuntimeText.requirements[provider], String(error));
  }
}

/** Function that runs work on the device and converts its failures. */
type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Reader of tensors on the device. The binding's own method (`getData`) ends the process, so an identity graph
 * runs instead and returns its result on the processor.
 */
class DeviceReader {
  readonly #options: InferenceSession.SessionOptions;
  #session: Promise<InferenceSession> | undefined;

  constructor(options: InferenceSession.SessionOptions) {
    this.#options = options;
  }

  /** True if the device is available at all: it can load this small graph if it can load any. */
  async isAvailable(): Promise<boolean> {
    try {
      await this.#open();
      return true;
    } catch {
      return false;
    }
  }

  async read(value: OrtTensor): Promise<OrtTensor> {
    const { y } = await (await this.#open()).run({ x: value });
    if (!y) throw new Error('the device returned no values');
    return y;
  }

  #open(): Promise<InferenceSession> {
    this.#session ??= InferenceSession.create(identityModel('x', 'y'), {
      ...this.#options,
      preferredOutputLocation: 'cpu',
    });
    return this.#session;
  }
}

class OnnxSession implements LoadedGraph {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #declared: DeclaredInputs;
  readonly #session: InferenceSession;
  readonly #reader: DeviceReader;
  readonly #guarded: Guard;

  constructor(
    graph: string,
    session: InferenceSession,
    shapes: DeclaredInputs['shapes'],
    reader: DeviceReader,
    guarded: Guard,
  ) {
    this.inputs = session.inputNames;
    this.outputs = session.outputNames;
    this.#declared = { graph, names: this.inputs, shapes };
    this.#session = session;
    this.#reader = reader;
    this.#guarded = guarded;
  }

  async run(inputs: Inputs): Promise<Results> {
    const feeds: Record<string, OrtTensor> = {};
    for (const [name, value] of matchInputs(this.#declared, inputs)) {
      feeds[name] =
        value instanceof OrtDeviceTensor ? value.native : toNative(requireValues(value));
    }
    const results = await this.#guarded(() => whileComputing(() => this.#session.run(feeds)));
    return new Map(
      Object.entries(results).map(([name, native]) => [
        name,
        new OrtDeviceTensor(native, this.#reader, this.#guarded),
      ]),
    );
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

class OrtDeviceTensor implements DeviceTensor {
  readonly native: OrtTensor;
  readonly #reader: DeviceReader;
  readonly #guarded: Guard;

  constructor(native: OrtTensor, reader: DeviceReader, guarded: Guard) {
    this.native = native;
    this.#reader = reader;
    this.#guarded = guarded;
  }

  get shape(): readonly number[] {
    return this.native.dims;
  }

  async read(): Promise<Tensor> {
    const { location, dims, type } = this.native;
    const { data } =
      location === 'cpu' ? this.native : await this.#guarded(() => this.#reader.read(this.native));
    if (!(data instanceof Float32Array)) throw new Error(`expected float32, got ${type}`);
    return tensor(dims, data);
  }

  dispose(): void {
    this.native.dispose();
  }
}

function toNative({ shape, data }: Tensor): OrtTensor {
  return new OrtTensor('float32', data, shape);
}
