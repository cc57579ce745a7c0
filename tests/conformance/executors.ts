import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe } from 'vitest';
import { ensureElectron } from '../../scripts/electron/ensure.ts';
import type { Executor } from '../../src/runtime/executor.ts';
import { onnxRuntime } from '../../src/runtime/onnxruntime.ts';

/** One way to compute that suites are run on. */
interface Candidate {
  readonly title: string;
  readonly open: () => Executor;
  /** Why this machine cannot offer it. */
  readonly missing: string | undefined;
  /** Whether it has no 16-bit numbers. */
  readonly lacksHalves?: boolean;
}

/**
 * Lets WebGPU compute without a GPU: SwiftShader, a Vulkan driver for processors, lies beside every Electron on Linux.
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
    lacksHalves: process.platform === 'linux',
  },
];

/** The same suite on every executor; where one is missing, the title says why it is skipped. */
export function describeExecutors(
  title: string,
  suite: (executor: Executor, candidate: Candidate) => void,
): void {
  for (const candidate of candidates) {
    const { title: name, open, missing } = candidate;
    const reason = missing === undefined ? '' : ` (skipped: ${missing})`;
    describe.skipIf(missing !== undefined)(`${title}, ${name}${reason}`, () => {
      suite(open(), candidate);
    });
  }
}
