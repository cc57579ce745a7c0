import { reachableNodes } from '../core/graph/ops.ts';
import type { Graph, Node, Value } from '../core/graph/ops.ts';

/** Node with the places of its inputs and outputs, and those that are not needed after it has run. */
export interface Step {
  readonly node: Node;
  readonly inputs: readonly number[];
  /** Flags of inputs that are read with their last two axes exchanged. */
  readonly transposed: readonly boolean[];
  readonly outputs: readonly number[];
  readonly released: readonly number[];
}

/** Plans a run: its nodes in order, and after which node each value is no longer used. */
export function planRun({ outputs }: Graph): { steps: readonly Step[]; places: Places } {
  const nodes = reachableNodes(outputs.values());
  const places = new Places(nodes);
  const placeOf = ({ node, output }: Value): number => places.of(node, output);
  const needed = new Set([...outputs.values()].map(placeOf));
  const steps: Step[] = [];
  // From the end: the first node to refer to a value is its last user.
  for (const node of nodes.toReversed()) {
    const results = node.types.map((_, output) => places.of(node, output));
    const fed = node.op === 'input' || node.op === 'constant';
    if (fed || !results.some((place) => needed.has(place))) continue;
    const before = node.inputs.map((_, index) => operandBeforeTranspose(node, index));
    const inputs = node.inputs.map((value, index) => placeOf(before[index] ?? value));
    const released = [...new Set([...inputs, ...results])].filter((place) => !needed.has(place));
    for (const place of inputs) needed.add(place);
    const transposed = before.map((value) => value !== undefined);
    steps.push({ node, inputs, transposed, outputs: results, released });
  }
  return { steps: steps.reverse(), places };
}

/**
 * Operand of a product before a swap of its last two axes, if there is one: products can read a matrix either
 * way, and transposing took a seventh of a training step.
 */
function operandBeforeTranspose({ op, inputs }: Node, index: number): Value | undefined {
  const right = inputs[1];
  const source = inputs[index]?.node;
  if (op !== 'matmul' || source?.op !== 'transpose') return undefined;
  const { permutation } = source.attributes;
  const rank = permutation.length;
  // The rows of a whole batch are multiplied as one matrix, so they must be stored as rows.
  const batchOfRows = index === 0 && rank > 2 && right?.type.shape.length === 2;
  const last = permutation[rank - 1] === rank - 2 && permutation[rank - 2] === rank - 1;
  const rest = permutation.slice(0, -2).every((axis, position) => axis === position);
  return last && rest && !batchOfRows ? source.inputs[0] : undefined;
}

/** Numbering of every output of every node. */
class Places {
  readonly #first = new Map<Node, number>();

  constructor(nodes: readonly Node[]) {
    let next = 0;
    for (const node of nodes) {
      this.#first.set(node, next);
      next += node.types.length;
    }
  }

  of(node: Node, output: number): number {
    const first = this.#first.get(node);
    if (first === undefined) throw new Error(`${node.op}: not in the graph`);
    return first + output;
  }
}
