import * as g from '../src/core/graph/build.ts';
import type { Executor } from '../src/runtime/executor.ts';

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
