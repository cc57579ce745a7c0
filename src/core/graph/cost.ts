import { elementCount } from '../tensor.ts';
import { reachableNodes } from './ops.ts';
import type { Graph } from './ops.ts';

/**
 * Counts floating-point operations of all matrix products in one run of a graph; a multiplication and its addition
 * count as two. All other ops are few operations, but may still take time.
 */
export function matmulFlops(graph: Graph): number {
  let total = 0;
  for (const node of reachableNodes(graph.outputs.values())) {
    if (node.op !== 'matmul' && node.op !== 'quantizedMatmul') continue;
    const [left, right] = node.inputs;
    if (!left || !right) continue;
    total += 2 * elementCount(left.type.shape) * (right.type.shape.at(-1) ?? 0);
  }
  return total;
}
