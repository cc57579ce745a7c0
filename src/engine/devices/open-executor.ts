import type { DeviceName, FileDevice } from '../../contract/jobs.ts';
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
 */
export function openExecutor(
  device: DeviceName,
  threads = defaultThreads(),
  memoryBytes = device === 'cpu' ? processorMemory() : undefined,
): Executor {
  return device === 'tensorflow'
    ? tensorFlow('tensorflow', { threads, memoryBytes })
    : onnxRuntime(device, { threads, memoryBytes });
}

/** The executor for exported files, whatever a student was trained on. */
export function openFileExecutor(
  threads = defaultThreads(),
  device: FileDevice = 'cpu',
): ModelFileExecutor {
  return onnxRuntime(device, { threads });
}
