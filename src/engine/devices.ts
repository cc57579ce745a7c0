import { cpus, totalmem } from 'node:os';
import type { DeviceDescription } from '../contract/descriptions.ts';
import * as g from '../core/graph/build.ts';
import type { Executor } from '../runtime/executor.ts';
import { onnxRuntime } from '../runtime/onnxruntime.ts';
import { defaultThreads } from '../runtime/threads.ts';

/** The executor for a device name, with a thread count that can be overridden. */
export function openExecutor(device: 'cpu', threads = defaultThreads()): Executor {
  return { cpu: () => onnxRuntime('cpu', { threads }) }[device]();
}

/** What this machine can distil on, with the speed of one large matrix product. */
export async function listDevices(threads = defaultThreads()): Promise<DeviceDescription[]> {
  return [
    {
      name: 'cpu',
      description: cpus()[0]?.model.trim() ?? 'processor',
      threads,
      memoryBytes: totalmem(),
      gigaflops: await measureMatmul(openExecutor('cpu', threads)),
    },
  ];
}

/** GFLOP/s of a float32 product (4096 × 768)·(768 × 768), the best of several runs. */
export async function measureMatmul(executor: Executor): Promise<number> {
  const [rows, width] = [4096, 768];
  const filled = (
    shape: readonly number[],
    value: number,
  ): { shape: readonly number[]; data: Float32Array } => ({
    shape,
    data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value),
  });
  const x = g.input('x', [rows, width]);
  const product = g.matmul(x, g.constant(filled([width, width], 0.01)));
  const loaded = await executor.load({ name: 'matmul', outputs: new Map([['y', product]]) });
  const feed = filled([rows, width], 0.5);
  let best = Infinity;
  for (let run = 0; run < 8; run++) {
    const start = performance.now();
    const results = await loaded.run({ x: feed });
    best = Math.min(best, performance.now() - start);
    for (const result of results.values()) result.dispose();
  }
  await loaded.dispose();
  return (2 * rows * width * width) / best / 1e6;
}
