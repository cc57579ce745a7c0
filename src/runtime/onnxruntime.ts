import './no-telemetry.ts';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { whileComputing } from '../core/activity.ts';
import { UserError } from '../core/errors.ts';
import type { OpName } from '../core/graph/ops.ts';
import { forPlainProducts } from '../core/graph/plain-products.ts';
import { emitOnnx, identityModel, weightFile } from '../core/onnx/emit.ts';
import { halfProducts } from '../core/onnx/precision.ts';
import { tensor } from '../core/tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import { declaredShapes, matchInputs, requireValues } from './declared-inputs.ts';
import type { DeclaredInputs } from './declared-inputs.ts';
import type { DeviceTensor, Inputs, LoadedGraph, ModelFileExecutor, Results } from './executor.ts';
import { defaultThreads } from './threads.ts';

// What it would write on the terminal of a provider that is not there is thrown as well.
env.logLevel = 'fatal';

/** Of ONNX Runtime. */
export const runtimeVersion: string = env.versions.node ?? env.versions.common;

export interface OnnxRuntimeOptions {
  /** Threads inside an operator; by default one a core that this process may use. */
  readonly threads?: number;
  /** Of the device, where that is known. */
  readonly memoryBytes?: number | undefined;
  /** What matrix products take their operands in; float16 needs a device that has it. */
  readonly products?: 'float32' | 'float16';
  /** Writes to standard error, among all else it has to say, which provider gets which node. */
  readonly logsPlacements?: boolean;
  /** Writes ONNX Runtime's own profile to files that begin with this path. */
  readonly profilePrefix?: string;
}

/** Weights beyond this many bytes are handed over beside the message instead of being copied into it. */
const externalThreshold = 64 << 20;
const externalFile = 'weights.bin';

/** Where ONNX Runtime computes: processor; any maker's GPU; NVIDIA's on Linux; any on Windows; Apple's. */
export type Provider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

interface ProviderTraits {
  readonly tokensAtOnce: number;
  /** Where results of a graph stay; files give theirs to the processor at once. */
  readonly location: 'cpu' | 'gpu-buffer';
  /** Ops that it has no kernel for, so that they would be computed on the processor, with two copies. */
  readonly spelledOut: ReadonlySet<OpName>;
  /** Products take operands only as they lie, and want many entries to compute side by side. */
  readonly plainProducts: boolean;
  /** Optimisers of the runtime that do harm. */
  readonly disabledOptimizers: string;
  /** Refuses a graph of which the processor would have to compute a part. */
  readonly wholeGraphs: boolean;
}

const nothing: ReadonlySet<OpName> = new Set();

/**
 * Measured on the training step: Gemm spreads its bias with one thread where Add uses all, and the transpose optimiser
 * repeats transposes that FusedMatMul takes in for nothing.
 */
const ofProcessors = {
  spelledOut: nothing,
  plainProducts: false,
  disabledOptimizers: 'MatMulAddFusion;TransposeOptimizer',
  wholeGraphs: false,
};

/**
 * On processors 32 images of 65 tokens at a time keep a step's intermediate results in the caches, 10 % faster than
 * 128 images, and a large teacher's step within memory. On a GPU 32 images of 197 tokens fill it.
 */
const traits: Readonly<Record<Provider, ProviderTraits>> = {
  cpu: { tokensAtOnce: 2080, location: 'cpu', ...ofProcessors },
  webgpu: {
    tokensAtOnce: 6304,
    location: 'gpu-buffer',
    spelledOut: new Set(['logSoftmax']),
    plainProducts: true,
    // A product and what is added to it are one kernel there; with a turned operand it is slow.
    disabledOptimizers: 'TransposeOptimizer;GemmTransposeFusion',
    wholeGraphs: true,
  },
  // The runtime's binding for Node hands out what lies on a GPU for WebGPU alone.
  cuda: { tokensAtOnce: 6304, location: 'cpu', ...ofProcessors },
  dml: { tokensAtOnce: 6304, location: 'cpu', ...ofProcessors },
  // It knows a part of the ops and leaves the rest to the processor, with copies to and fro.
  coreml: { tokensAtOnce: 2080, location: 'cpu', ...ofProcessors, wholeGraphs: true },
};

/** What a provider that cannot be had would take. */
const needs: Readonly<Record<Exclude<Provider, 'cpu'>, string>> = {
  webgpu:
    'WebGPU finds no GPU here. It needs one with its current driver: with Vulkan on Linux (libvulkan.so.1 among it), with Direct3D 12 on Windows.',
  cuda: 'CUDA cannot be used here. It needs an NVIDIA GPU with its driver, the CUDA and cuDNN libraries, and the CUDA part of ONNX Runtime, which is not installed with this app; WebGPU uses the same GPU without them.',
  dml: 'DirectML finds no GPU here. It needs one with its current driver for Direct3D 12.',
  coreml: 'Core ML cannot be used here.',
};

/** What a device that was there did not get through. */
function failureOf(provider: Exclude<Provider, 'cpu'>, error: unknown): UserError {
  const details = String(error);
  return new UserError('device', sentenceOf(provider, details), details);
}

/** A processor fails for want of memory alone; all else is a defect. */
function ofProcessor(error: unknown): unknown {
  const details = String(error);
  if (!/bad_alloc|bad allocation|failed to allocate/i.test(details)) return error;
  return new UserError(
    'too-large',
    'This computer does not have enough free memory. Close other programs, or choose a smaller teacher, input or batch.',
    details,
  );
}

function sentenceOf(provider: Provider, details: string): string {
  if (/f16|float16/i.test(details))
    return `The GPU, or its driver, has no numbers of 16 bits (${provider}, shader-f16).`;
  if (details.includes('fallback to CPU EP has been explicitly disabled'))
    return `A part of what is to be computed is nothing that ${provider} can do.`;
  return `The GPU failed at work (${provider}): its memory may be too small or taken by other programs, or its driver was lost.`;
}

/**
 * ONNX Runtime's kernels, as `onnxruntime-node` brings them.
 *
 * What it loads and runs throws a UserError 'device' where there is no device, driver or library, or it fails; what
 * goes wrong on processors is a defect.
 */
export function onnxRuntime(
  provider: Provider,
  options: OnnxRuntimeOptions = {},
): ModelFileExecutor {
  const { tokensAtOnce, location, spelledOut, plainProducts, disabledOptimizers, wholeGraphs } =
    traits[provider];
  // Gradients near convergence can be full of subnormal numbers, which processors compute slowly.
  // Idle threads of one session must not spin while another session runs: teacher and student
  // take turns, and each was up to eight times slower.
  const session = { set_denormal_as_zero: '1', force_spinning_stop: '1' };
  const optimization = { disable_specified_optimizers: disabledOptimizers };
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    // Warnings are about the runtime's own choices, and errors are thrown. Everything names the placements.
    logSeverityLevel: options.logsPlacements ? 0 : 4,
    extra: { session, optimization },
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(options.profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
  const reader = new DeviceReader(sessionOptions);
  const guarded: Guard = async (work) => {
    try {
      return await work();
    } catch (error) {
      throw provider === 'cpu' ? ofProcessor(error) : failureOf(provider, error);
    }
  };
  const create = async (
    model: string | Uint8Array,
    settings: InferenceSession.SessionOptions,
  ): Promise<InferenceSession> => {
    try {
      // The two are overloads of one function.
      return await whileComputing(() =>
        typeof model === 'string'
          ? InferenceSession.create(model, settings)
          : InferenceSession.create(model, settings),
      );
    } catch (error) {
      if (provider === 'cpu') throw ofProcessor(error);
      if (await reader.isThere()) throw failureOf(provider, error);
      throw new UserError('device', needs[provider], String(error));
    }
  };
  return {
    name: provider,
    tokensAtOnce,
    // Whoever waits for a GPU only hands it work.
    busyThreads: provider === 'cpu' ? (options.threads ?? defaultThreads()) : 1,
    memoryBytes: options.memoryBytes,
    keepsResults: location === 'gpu-buffer',
    async load(graph) {
      const suited = plainProducts ? forPlainProducts(graph) : graph;
      const { model, weights } = emitOnnx(
        options.products === 'float16' ? halfProducts(suited) : suited,
        {
          external: { file: externalFile, threshold: externalThreshold, isApart: true },
          spelledOut,
        },
      );
      const externalData = weights.map((data, index) => ({
        path: weightFile(externalFile, index),
        data,
      }));
      const loaded = await create(model, {
        ...sessionOptions,
        externalData,
        preferredOutputLocation: location,
        ...(wholeGraphs && {
          extra: { session: { ...session, disable_cpu_ep_fallback: '1' }, optimization },
        }),
      });
      return new OnnxSession(graph.name, loaded, declaredShapes(graph), reader, guarded);
    },
    async loadFile(path) {
      const loaded = await create(path, sessionOptions);
      return new OnnxSession(path, loaded, new Map(), reader, guarded);
    },
  };
}

/** Does what the device may fail at, and tells of it. */
type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Brings tensors from the device. The binding's own way (`getData`) ends the process, so a graph that
 * does nothing runs, and gives its result to the processor.
 */
class DeviceReader {
  readonly #options: InferenceSession.SessionOptions;
  #session: Promise<InferenceSession> | undefined;

  constructor(options: InferenceSession.SessionOptions) {
    this.#options = options;
  }

  /** Whether there is a device at all: it can hold this graph if it can any. */
  async isThere(): Promise<boolean> {
    try {
      await this.#open();
      return true;
    } catch {
      return false;
    }
  }

  async read(value: OrtTensor): Promise<OrtTensor> {
    const { y } = await (await this.#open()).run({ x: value });
    if (!y) throw new Error('the device gave nothing back');
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
