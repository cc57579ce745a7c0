import { reachableNodes } from '../core/graph/ops.ts';
import type { Graph, Node, Value } from '../core/graph/ops.ts';

/** A node with the places of what it takes and gives, and those that nobody needs once it has run. */
export interface Step {
  readonly node: Node;
  readonly inputs: readonly number[];
  /** Which inputs are taken with their last two axes exchanged. */
  readonly turned: readonly boolean[];
  readonly outputs: readonly number[];
  readonly over: readonly number[];
}

/** What a run does, one node after the other, and after which node each value has had its last user. */
export function planRun({ outputs }: Graph): { steps: readonly Step[]; places: Places } {
  const nodes = reachableNodes(outputs.values());
  const places = new Places(nodes);
  const placeOf = ({ node, output }: Value): number => places.of(node, output);
  const needed = new Set([...outputs.values()].map(placeOf));
  const steps: Step[] = [];
  // From the end: who meets a value first is its last user.
  for (const node of nodes.toReversed()) {
    const results = node.types.map((_, output) => places.of(node, output));
    const fed = node.op === 'input' || node.op === 'constant';
    if (fed || !results.some((place) => needed.has(place))) continue;
    const before = node.inputs.map((_, index) => beforeTurning(node, index));
    const inputs = node.inputs.map((value, index) => placeOf(before[index] ?? value));
    const over = [...new Set([...inputs, ...results])].filter((place) => !needed.has(place));
    for (const place of inputs) needed.add(place);
    const turned = before.map((value) => value !== undefined);
    steps.push({ node, inputs, turned, outputs: results, over });
  }
  return { steps: steps.reverse(), places };
}

/**
 * What an operand of a product was before its last two axes were exchanged, if they were: products read a matrix either
 * way round, and a seventh of a training step went into turning them.
 */
function beforeTurning({ op, inputs }: Node, index: number): Value | undefined {
  const right = inputs[1];
  const source = inputs[index]?.node;
  if (op !== 'matmul' || source?.op !== 'transpose') return undefined;
  const { permutation } = source.attributes;
  const rank = permutation.length;
  // The rows of a whole batch are multiplied as one matrix: those have to lie as rows.
  const batchOfRows = index === 0 && rank > 2 && right?.type.shape.length === 2;
  const last = permutation[rank - 1] === rank - 2 && permutation[rank - 2] === rank - 1;
  const rest = permutation.slice(0, -2).every((axis, position) => axis === position);
  return last && rest && !batchOfRows ? source.inputs[0] : undefined;
}

/** A number for every output of every node. */
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
    if (first === undefined) throw new Error(`${node.op}: is not in the graph`);
    return first + output;
  }
}
