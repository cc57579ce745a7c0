import type { DeviceName, FileDevice, Precision } from '../../contract/jobs.ts';
import type { Executor, ModelFileExecutor } from '../../runtime/executor.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { tensorFlow } from '../../runtime/tensorflow.ts';
import { defaultThreads } from '../../runtime/threads.ts';

import { processorMemory } from './device-memory.ts';

/**
 * Returns an executor for a device, with an overridable thread count. A missing device shows when it loads a graph.
 *
 * @param memoryBytes memory of a GPU, if known
 * @param products precision of matrix products on ONNX Runtime's GPUs; other devices compute in float32
 */
export function openExecutor(
  device: DeviceName,
  threads = defaultThreads(),
  memoryBytes = device === 'cpu' ? processorMemory() : undefined,
  products: Precision = 'float32',
): Executor {
  if (device === 'tensorflow') return tensorFlow('tensorflow', { threads, memoryBytes });
  if (device === 'cpu') return onnxRuntime('cpu', { threads, memoryBytes });
  return onnxRuntime(device, { threads, memoryBytes, products });
}

/** Returns an executor for exported files, independent of the device that trained the student. */
export function openFileExecutor(
  threads = defaultThreads(),
  device: FileDevice = 'cpu',
): ModelFileExecutor {
  return onnxRuntime(device, { threads });
}
