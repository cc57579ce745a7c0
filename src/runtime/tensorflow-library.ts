import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import util from 'node:util';
import type * as core from '@tensorflow/tfjs-core';
import { UserError } from '../core/errors.ts';

export type TensorFlow = typeof core;

/** What computes: TensorFlow itself through its binding for Node, or plain JavaScript, which is for tests. */
export type TensorFlowBackend = 'tensorflow' | 'cpu';

/** Names the folder in whose `node_modules` the binding was installed; docs/tensorflow.md says how. */
const bindingFolder = 'UNDERSTUDY_TENSORFLOW';

/** Either has the same kernels; they differ in the library that their install scripts ask for. */
const bindingNames = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

const require = createRequire(import.meta.url);

let library: TensorFlow | undefined;
let native: NativeTensorFlow | undefined;

/** The part of the binding's backend that TensorFlow.js has no types for. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** TensorFlow in this process. */
interface NativeTensorFlow {
  /** Of the library: `2.19.1`. */
  readonly version: string;
  readonly device: 'gpu' | 'cpu';
}

export interface TensorFlowOptions {
  /** Threads inside an operator; said once, before TensorFlow is loaded. By default one a core. */
  readonly threads?: number;
  /** Of the device, where that is known. */
  readonly memoryBytes?: number | undefined;
}

/** Whether TensorFlow can be used here, and if not, why and what it would need, as sentences. */
export type NativeReport =
  | ({ readonly usable: true; readonly hint: string | undefined } & NativeTensorFlow)
  | { readonly usable: false; readonly reason: string; readonly details: string | undefined };

/**
 * Loads TensorFlow to see whether that can be done. Only a machine with an NVIDIA card gains by it: `hint` says what a
 * library that computes on the processor is missing.
 */
export function tensorflowNative(options: TensorFlowOptions = {}): NativeReport {
  try {
    const { version, device } = loadNative(options);
    const hint =
      device === 'gpu' ? undefined : `TensorFlow ${version} found no card. ${needs(version)}`;
    return { usable: true, version, device, hint };
  } catch (error) {
    return error instanceof UserError
      ? { usable: false, reason: error.message, details: error.details }
      : { usable: false, reason: 'TensorFlow cannot be used here.', details: String(error) };
  }
}

/**
 * TensorFlow.js, with a backend that can be chosen.
 *
 * @throws UserError where the backend is not installed or cannot be loaded
 */
export function loadTensorFlow(
  backend: TensorFlowBackend,
  options: TensorFlowOptions = {},
): TensorFlow {
  if (backend === 'tensorflow') loadNative(options);
  const tf = loadCore();
  if (!backendOf(tf, backend)) {
    throw new UserError('device', `TensorFlow.js has no backend "${backend}" here.`);
  }
  return tf;
}

/**
 * Makes a backend the one that ops run on until somebody chooses another. All copies of TensorFlow.js in a process share
 * one engine, and it would move tensors from one backend to another without a word.
 */
export function chooseBackend(tf: TensorFlow, backend: TensorFlowBackend): void {
  if (tf.getBackend() === backend) return;
  // At once, whatever its type says: only a backend that is still being made is waited for.
  void tf.setBackend(backend);
  if (tf.getBackend() !== backend) throw new Error(`backend ${backend} was not chosen`);
}

function loadCore(): TensorFlow {
  if (!library) {
    library = require('@tensorflow/tfjs-core') as TensorFlow;
    // Quiet: it advertises its binding, and warns of each kernel that two copies bring.
    library.enableProdMode();
  }
  return library;
}

/** A backend that was registered, made now where it was not; its type does not say that there may be none. */
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
    throw new UserError(
      'device',
      `TensorFlow's binding in ${binding} cannot be loaded. ${needs(undefined)}`,
      String(error),
    );
  }
  const backend = backendOf(tf, 'tensorflow');
  if (!backend) {
    throw new UserError(
      'device',
      `The binding in ${binding} does not fit TensorFlow.js ${tf.version_core}; install the one of that version.`,
    );
  }
  native = {
    version: backend.binding.TF_Version,
    device: backend.isUsingGpuDevice ? 'gpu' : 'cpu',
  };
  return native;
}

/** The binding's main file. */
function findBinding(): string {
  const folder = process.env[bindingFolder];
  const places = [...(folder ? [createRequire(resolve(folder, 'package.json'))] : []), require];
  for (const place of places) {
    for (const name of bindingNames) {
      try {
        return place.resolve(name);
      } catch {
        // Not there: the next place.
      }
    }
  }
  const where = folder ? `neither in ${folder} nor beside Understudy` : 'not installed';
  throw new UserError(
    'device',
    `TensorFlow's binding for Node is ${where}. Install it in a folder of its own, with or without a network, and name the folder in ${bindingFolder}: docs/tensorflow.md has the commands. ${needs(undefined)}`,
  );
}

/** What the binding and its library read when they are loaded; what a user has set stays. */
function prepareProcess(threads: number | undefined): void {
  const settings: Readonly<Record<string, string>> = {
    // Errors alone, not every library that it looks for.
    TF_CPP_MIN_LOG_LEVEL: '2',
    // Not all of the card's memory at the start.
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Products in float32, not with the 10 bits of TF32.
    NVIDIA_TF32_OVERRIDE: '0',
    ...(threads === undefined ? {} : { TF_NUM_INTRAOP_THREADS: String(threads) }),
  };
  for (const [name, value] of Object.entries(settings)) process.env[name] ??= value;
  // Node 23 took the first of these away, and the second warns; the binding calls both for every tensor.
  Object.assign(util, {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  });
}

/** What TensorFlow's packages for Linux declare for each version and the later ones: CUDA and cuDNN. */
const cudaOfVersions = [
  { from: 18, cuda: '12.5', cudnn: '9.3' },
  { from: 16, cuda: '12.3', cudnn: '8.9' },
  { from: 15, cuda: '12.2', cudnn: '8.9' },
  { from: 0, cuda: '11.2', cudnn: '8.1' },
] as const;

/** What computing on a card takes, by the library's version or, where there is none yet, in general. */
function needs(version: string | undefined): string {
  const minor = Number(version?.split('.')[1] ?? NaN);
  const wanted = cudaOfVersions.find(({ from }) => minor >= from);
  const libraries = wanted
    ? `CUDA ${wanted.cuda} and cuDNN ${wanted.cudnn}`
    : 'CUDA and cuDNN: 12.5 and 9.3 for TensorFlow 2.18 and later, 11.2 and 8.1 for the 2.9 that the install script fetches';
  return `To compute on a card it needs a library that was built with CUDA, an NVIDIA driver and ${libraries}.`;
}
