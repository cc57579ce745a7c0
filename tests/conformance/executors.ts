import '@tensorflow/tfjs-backend-cpu';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'vitest';
import { ensureElectron } from '../../scripts/electron/ensure.ts';
import type { DType } from '../../src/core/graph/ops.ts';
import type { Executor } from '../../src/runtime/executor.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';
import { tensorFlow } from '../../src/runtime/tensorflow.ts';
import { tensorflowNative } from '../../src/runtime/tensorflow-library.ts';

/** An executor that suites run on. */
interface Candidate {
  readonly title: string;
  readonly open: () => Executor;
  /** Reason why this computer does not have it. */
  readonly missing: string | undefined;
  /** Number types that it does not support. */
  readonly lacks?: readonly DType[];
  /** True if it computes without the processor's vector instructions, some fifty times slower than the others. */
  readonly isSlow?: true;
}

/**
 * Lets WebGPU compute without a GPU: every Electron on Linux includes SwiftShader, a Vulkan driver for processors. On
 * other systems, and if another driver is named, the computer's own is used.
 *
 * @returns the reason why that is impossible
 */
async function softwareVulkan(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES !== undefined) return undefined;
  const driver = join(dirname(await ensureElectron()), 'vk_swiftshader_icd.json');
  if (!existsSync(driver)) return `${driver} is not there`;
  process.env.VK_DRIVER_FILES = driver;
  return undefined;
}

/** Reason why WebGPU cannot be tested here. */
export const webgpuMissing = await softwareVulkan();

const native = tensorflowNative({ threads: 1 });

/** Reason why TensorFlow itself cannot be tested here, in one sentence. */
export const tensorflowMissing = native.usable ? undefined : native.reason.split('. ')[0];

const candidates: readonly Candidate[] = [
  {
    title: 'onnxruntime cpu',
    open: () => onnxRuntime('cpu', { threads: 1 }),
    missing: undefined,
  },
  {
    title: 'onnxruntime webgpu',
    open: () => onnxRuntime('webgpu'),
    missing: webgpuMissing,
    lacks: process.platform === 'linux' ? ['float16', 'uint8'] : ['uint8'],
    isSlow: true,
  },
  {
    title: 'TensorFlow.js cpu',
    open: () => tensorFlow('cpu'),
    missing: undefined,
    lacks: ['float16', 'uint8'],
    isSlow: true,
  },
  {
    title: 'TensorFlow.js tensorflow',
    open: () => tensorFlow('tensorflow', { threads: 1 }),
    missing: tensorflowMissing,
    lacks: ['float16', 'uint8'],
  },
];

/** Runs the same suite on every executor; if one is missing, the title states why it is skipped. */
export function describeExecutors(
  title: string,
  suite: (executor: Executor, candidate: Candidate) => void,
): void {
  for (const candidate of candidates) {
    const { title: name, open, missing } = candidate;
    if (missing === undefined) {
      describe(`${title}, ${name}`, () => {
        suite(open(), candidate);
      });
    } else {
      it.skip(`${title}, ${name} (skipped: ${missing})`, () => undefined);
    }
  }
}
