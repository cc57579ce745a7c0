import type { DeviceName, FileDevice, Precision } from '../../contract/jobs.ts';
import type { Executor, ModelFileExecutor } from '../../runtime/executor.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { tensorFlow } from '../../runtime/tensorflow.ts';
import { defaultThreads } from '../../runtime/threads.ts';

import { processorMemory } from './device-memory.ts';

/**
 * The executor for a device, with a thread count that can be overridden. Whether there is such a device is
 * seen when it loads a graph.
 *
 * @param memoryBytes of a GPU, where that is known
 * @param products of ONNX Runtime's GPUs; others compute in float32
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

/** The executor for exported files, whatever a student was trained on. */
export function openFileExecutor(
  threads = defaultThreads(),
  device: FileDevice = 'cpu',
): ModelFileExecutor {
  return onnxRuntime(device, { threads });
}
