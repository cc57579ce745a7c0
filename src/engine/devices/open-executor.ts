import type { DeviceName } from '../../contract/jobs.ts';
import type { Executor, ModelFileExecutor } from '../../runtime/executor.ts';
import { onnxRuntime } from '../../runtime/onnxruntime.ts';
import { tensorFlow } from '../../runtime/tensorflow.ts';
import { defaultThreads } from '../../runtime/threads.ts';

/**
 * The executor for a device, with a thread count that can be overridden. Whether there is such a device is
 * seen when it loads a graph.
 */
export function openExecutor(device: DeviceName, threads = defaultThreads()): Executor {
  return device === 'tensorflow'
    ? tensorFlow('tensorflow', { threads })
    : onnxRuntime(device, { threads });
}

/** The executor for exported files, whatever a student was trained on. */
export function openFileExecutor(threads = defaultThreads()): ModelFileExecutor {
  return onnxRuntime('cpu', { threads });
}
