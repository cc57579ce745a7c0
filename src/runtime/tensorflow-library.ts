import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import util from 'node:util';
import type * as core from '@tensorflow/tfjs-core';
import { UserError } from '../core/errors.ts';
import { tensorFlowText } from '../text/index.ts';

export type TensorFlow = typeof core;

/** Backend: TensorFlow itself through its binding for Node, or plain JavaScript, which is for tests. */
export type TensorFlowBackend = 'tensorflow' | 'cpu';

/** Environment variable with the folder in whose `node_modules` the binding is installed; see docs/tensorflow.md. */
const bindingFolder = 'UNDERSTUDY_TENSORFLOW';

/** Packages of the binding, with the same kernels; their install scripts download different libraries. */
const bindingNames = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

const require = createRequire(import.meta.url);

let library: TensorFlow | undefined;
let native: NativeTensorFlow | undefined;

/** Part of the binding's backend that TensorFlow.js has no types for. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** TensorFlow as loaded in this process. */
interface NativeTensorFlow {
  /** Version of the library, for example `2.19.1`. */
  readonly version: string;
  readonly device: 'gpu' | 'cpu';
}

export interface TensorFlowOptions {
  /** Number of threads inside an operator; set once, before TensorFlow is loaded. By default one per core. */
  readonly threads?: number;
  /** Memory of the device, if known. */
  readonly memoryBytes?: number | undefined;
}

/** Report of whether TensorFlow can be used, and if not, the reason and its requirements, as sentences. */
export type NativeReport =
  | ({ readonly usable: true; readonly hint: string | undefined } & NativeTensorFlow)
  | { readonly usable: false; readonly reason: string; readonly details: string | undefined };

/**
 * Loads TensorFlow to find out whether it works. Only a machine with an NVIDIA GPU benefits: `hint` says what is
 * missing if the library computes on the processor.
 */
export function tensorflowNative(options: TensorFlowOptions = {}): NativeReport {
  try {
    const { version, device } = loadNative(options);
    const hint =
      device === 'gpu' ? undefined : tensorFlowText.noGpu(version, cudaLibraries(version));
    return { usable: true, version, device, hint };
  } catch (error) {
    return error instanceof UserError
      ? { usable: false, reason: error.message, details: error.details }
      : { usable: false, reason: tensorFlowText.unusable, details: String(error) };
  }
}

/**
 * Loads TensorFlow.js with a backend.
 *
 * @throws UserError if the backend is not installed or cannot be loaded
 */
export function loadTensorFlow(
  backend: TensorFlowBackend,
  options: TensorFlowOptions = {},
): TensorFlow {
  if (backend === 'tensorflow') loadNative(options);
  const tf = loadCore();
  if (!backendOf(tf, backend)) {
    throw new UserError('device', tensorFlowText.noBackend(backend));
  }
  return tf;
}

/**
 * Chooses the backend that ops run on. Call it before each use: all copies of TensorFlow.js in a process share
 * one engine, which would silently move tensors from one backend to another.
 */
export function chooseBackend(tf: TensorFlow, backend: TensorFlowBackend): void {
  if (tf.getBackend() === backend) return;
  // Synchronous in spite of its type: only a backend that is still being created is awaited.
  void tf.setBackend(backend);
  if (tf.getBackend() !== backend) throw new Error(`backend ${backend} was not chosen`);
}

function loadCore(): TensorFlow {
  if (!library) {
    library = require('@tensorflow/tfjs-core') as TensorFlow;
    // Quiet: it advertises its binding, and warns about each kernel that two copies register.
    library.enableProdMode();
  }
  return library;
}

/** Registered backend, created if necessary; its type does not say that there may be none. */
function backendOf(tf: TensorFlow, name: TensorFlowBackend): NativeBackend | null {
  return tf.findBackend(name) as (core.KernelBackend & NativeBackend) | null;
}

function loadNative({ threads }: TensorFlowOptions): NativeTensorFlow {
  if (native) return native;
  const binding = findBinding();
  const tf = loadCore();
  prepareProcess(threads);
  try {
    require(binding);
  } catch (error) {
    throw new UserError('device', tensorFlowText.bindingNotLoaded(binding), String(error));
  }
  const backend = backendOf(tf, 'tensorflow');
  if (!backend) {
    throw new UserError(
      'device',
      tensorFlowText.bindingOfOtherVersion({ binding, version: tf.version_core }),
    );
  }
  native = {
    version: backend.binding.TF_Version,
    device: backend.isUsingGpuDevice ? 'gpu' : 'cpu',
  };
  return native;
}

/** Path of the binding's main file. */
function findBinding(): string {
  const folder = process.env[bindingFolder];
  const places = [...(folder ? [createRequire(resolve(folder, 'package.json'))] : []), require];
  for (const place of places) {
    for (const name of bindingNames) {
      try {
        return place.resolve(name);
      } catch {
        // Not in this place: try the next.
      }
    }
  }
  throw new UserError('device', tensorFlowText.bindingMissing(folder, { variable: bindingFolder }));
}

/** Sets variables that the binding and its library read when loaded; a user's own settings stay. */
function prepareProcess(threads: number | undefined): void {
  const settings: Readonly<Record<string, string>> = {
    // Log errors only, not every library that is searched for.
    TF_CPP_MIN_LOG_LEVEL: '2',
    // Do not allocate all of the GPU's memory at the start.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Compute products in float32, not with the 10 bits of TF32.
    NVIDIA_TF32_OVERRIDE: '0',
    ...(threads === undefined ? {} : { TF_NUM_INTRAOP_THREADS: String(threads) }),
  };
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
  // Node 23 removed the first of these, and the second warns; the binding calls both for every tensor.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
}

/** CUDA and cuDNN versions declared by TensorFlow's packages for Linux, from each TensorFlow version on. */
const cudaOfVersions = [
  { from: 18, cuda: '12.5', cudnn: '9.3' },
  { from: 16, cuda: '12.3', cudnn: '8.9' },
  { from: 15, cuda: '12.2', cudnn: '8.9' },
  { from: 0, cuda: '11.2', cudnn: '8.1' },
] as const;

/** Libraries for computing on a GPU that a version needs; undefined if the version is unknown. */
function cudaLibraries(version: string): (typeof cudaOfVersions)[number] | undefined {
  const minor = Number(version.split('.')[1] ?? NaN);
  return cudaOfVersions.find(({ from }) => minor >= from);
}
