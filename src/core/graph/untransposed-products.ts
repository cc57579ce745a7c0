import { elementCount } from '../tensor.ts';
import { matmul, reduceSum, reshape, swapLast, transpose } from './build.ts';
import type { Graph, Node, Value } from './ops.ts';
import { rewrite, swapsLast } from './rewrite.ts';

/**
 * Rewrites a graph for devices whose matrix products cannot read transposed operands, so that each transpose is a pass
 * over memory, and which compute a product's entries in parallel: GPUs with WebGPU.
 *
 * Consecutive transposes are merged; of a product the smaller operand is transposed; and a product over thousands of
 * rows with a small result, as in gradients of weights, is summed in pieces. On processors, whose kernels read
 * transposed operands at no cost, all this would only add work.
 */
export function forUntransposedProducts(graph: Graph): Graph {
  const merged = rewrite(
    graph,
    (node) => mergedTransposes(node) ?? transposingSmallerOperand(node),
  );
  // Pieces need a known length.
  return graph.batch === undefined ? rewrite(merged, summedInPieces) : merged;
}

function mergedTransposes(node: Node): Value | undefined {
  const [inner] = node.inputs;
  if (node.op !== 'transpose' || inner?.node.op !== 'transpose') return undefined;
  const [x] = inner.node.inputs;
  const before = inner.node.attributes.permutation;
  const permutation = node.attributes.permutation.map((axis) => before[axis] ?? 0);
  if (permutation.every((axis, index) => axis === index)) return x;
  return x && transpose(x, permutation);
}

/**
 * Rewrites Pᵀ·Q as (Qᵀ·P)ᵀ if transposing Q and the result moves less than half as many values as transposing P (there
 * is one transpose more), and Pᵀ·Qᵀ as (Q·P)ᵀ if the result is smaller than P and Q together.
 */
function transposingSmallerOperand(node: Node): Value | undefined {
  const [left, right] = node.inputs;
  if (node.op !== 'matmul' || !left || !right) return undefined;
  const p = beforeSwap(left);
  if (!p || left.type.shape.length !== right.type.shape.length) return undefined;
  const result = elementCount(node.types[0]?.shape ?? []);
  const q = beforeSwap(right);
  if (q)
    return result < elementCount(p.type.shape) + elementCount(q.type.shape)
      ? swapped(matmul(q, p))
      : undefined;
  const moved = elementCount(right.type.shape) + result;
  if (2 * moved >= elementCount(p.type.shape)) return undefined;
  return swapped(matmul(swapped(right), p));
}

/** Limits of `summedInPieces`: fewest rows to divide, rows per piece, most pieces, most numbers in their products. */
const [fewestRows, pieceRows, mostPieces, mostNumbers] = [2048, 512, 16, 2 ** 23];

/**
 * Rewrites Pᵀ·Q over T rows as the sum of products of S pieces of both, (S, M, T/S)·(S, T/S, N). The few entries of a
 * small result would keep few of a GPU's cores busy, and sums of thousands of numbers, one by one in float32, are less
 * exact.
 */
function summedInPieces(node: Node): Value | undefined {
  const [left, right] = node.inputs;
  const p = left && beforeSwap(left);
  if (node.op !== 'matmul' || !left || !p || right?.type.shape.length !== 2) return undefined;
  const [rows = 0] = right.type.shape;
  if (rows < fewestRows) return undefined;
  const shape = [left.type.shape[0] ?? 0, right.type.shape[1] ?? 0];
  let pieces = Math.min(mostPieces, Math.floor(rows / pieceRows));
  while (pieces > 1 && (rows % pieces > 0 || pieces * elementCount(shape) > mostNumbers)) pieces--;
  if (pieces <= 1) return undefined;
  const cut = (x: Value): Value => reshape(x, [pieces, rows / pieces, -1]);
  const products = matmul(swapLast(cut(p)), cut(right));
  return reshape(reduceSum(products, [0]), shape);
}

/** Input of a swap of the last two axes; undefined if the value is not such a swap. */
function beforeSwap({ node }: Value): Value | undefined {
  return swapsLast(node) ? node.inputs[0] : undefined;
}

/** Exchanges the last two axes, merged with a transpose before it. */
function swapped(x: Value): Value {
  const transposed = swapLast(x);
  return mergedTransposes(transposed.node) ?? transposed;
}
