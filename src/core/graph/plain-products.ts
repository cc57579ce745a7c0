import { elementCount } from '../tensor.ts';
import { matmul, reduceSum, reshape, swapLast, transpose } from './build.ts';
import type { Graph, Node, Value } from './ops.ts';
import { rewrite, swapsLast } from './rewrite.ts';

/**
 * A graph for devices whose products take operands only as they lie, so that each transpose is a pass over memory, and
 * which compute a product's entries side by side: GPUs with WebGPU.
 *
 * Transposes in a row become one; of a product the smaller operand is turned; and a product over thousands of rows with
 * a small result, as the gradients of weights are, is summed in pieces. Where a processor's kernels take a turned operand
 * for nothing, all this would only be more work.
 */
export function forPlainProducts(graph: Graph): Graph {
  const turned = rewrite(graph, (node) => mergedTransposes(node) ?? ofSmallerOperand(node));
  // What is cut into pieces must be of a known length.
  return graph.batch === undefined ? rewrite(turned, summedInPieces) : turned;
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
 * Pᵀ·Q = (Qᵀ·P)ᵀ, where turning Q and the result moves less than half of what turning P does: there is one transpose
 * more. Pᵀ·Qᵀ = (Q·P)ᵀ, where the result is the smaller.
 */
function ofSmallerOperand(node: Node): Value | undefined {
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

/** From so many rows on there are pieces, of so many rows; so many pieces at most, with so many numbers in their products. */
const [fewestRows, pieceRows, mostPieces, mostNumbers] = [2048, 512, 16, 2 ** 23];

/**
 * Pᵀ·Q over T rows as the sum of the products of S pieces of both, (S, M, T/S)·(S, T/S, N). The few entries of a small
 * result would keep few of a GPU's cores busy, and sums of thousands of numbers, one by one in float32, are less exact.
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

/** What a value was before its last two axes were exchanged, if they were. */
function beforeSwap({ node }: Value): Value | undefined {
  return swapsLast(node) ? node.inputs[0] : undefined;
}

/** The last two axes exchanged, in one transpose with what was exchanged before. */
function swapped(x: Value): Value {
  const turned = swapLast(x);
  return mergedTransposes(turned.node) ?? turned;
}
