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

/** One way to compute that suites are run on. */
interface Candidate {
  readonly title: string;
  readonly open: () => Executor;
  /** Why this machine cannot offer it. */
  readonly missing: string | undefined;
  /** Types that it has no numbers of. */
  readonly lacks?: readonly DType[];
}

/**
 * Lets WebGPU compute without a GPU: SwiftShader, a Vulkan driver for processors, comes with every Electron on Linux.
 * Elsewhere, and where another driver is named, the machine's own is taken.
 *
 * @returns why that cannot be
 */
async function softwareVulkan(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES !== undefined) return undefined;
  const driver = join(dirname(await ensureElectron()), 'vk_swiftshader_icd.json');
  if (!existsSync(driver)) return `${driver} is not there`;
  process.env.VK_DRIVER_FILES = driver;
  return undefined;
}

/** Why WebGPU cannot be tried here. */
export const webgpuMissing = await softwareVulkan();

const native = tensorflowNative({ threads: 1 });

/** Why TensorFlow itself cannot be tried here, in one sentence. */
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
  },
  {
    title: 'TensorFlow.js cpu',
    open: () => tensorFlow('cpu'),
    missing: undefined,
    lacks: ['float16', 'uint8'],
  },
  {
    title: 'TensorFlow.js tensorflow',
    open: () => tensorFlow('tensorflow', { threads: 1 }),
    missing: tensorflowMissing,
    lacks: ['float16', 'uint8'],
  },
];

/** The same suite on every executor; where one is missing, the title says why it is skipped. */
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
