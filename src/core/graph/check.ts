import { describeType, reachableNodes, sameShape } from './ops.ts';
import type { Graph, Node, NodeOf, OpName, Value } from './ops.ts';
import { shapeRules } from './shapes.ts';
import type { ShapeRule } from './shapes.ts';

/**
 * Checks a graph: every node's types follow from its inputs by the op's shape rule, every value refers
 * to an existing output of the claimed type, inputs of the same name are one node, names are not
 * empty, and constants hold finite numbers only.
 *
 * @throws with the op and the shapes in the message
 */
export function checkGraph(graph: Graph): void {
  if (graph.outputs.size === 0) throw new Error(`graph ${graph.name}: has no outputs`);
  const inputs = new Map<string, Node>();
  for (const node of reachableNodes(graph.outputs.values())) {
    node.inputs.forEach(checkValue);
    checkTypes(node);
    if (node.op === 'input') {
      const { name } = node.attributes;
      if (name === '' || (inputs.get(name) ?? node) !== node) {
        throw new Error(`graph ${graph.name}: two inputs are called "${name}", or one has no name`);
      }
      inputs.set(name, node);
    }
    if (node.op === 'constant') checkFinite(node);
  }
  for (const [name, value] of graph.outputs) {
    if (name === '' || inputs.has(name)) {
      throw new Error(`graph ${graph.name}: output name "${name}" is empty or an input's`);
    }
    checkValue(value);
  }
}

function checkValue({ node, output, type }: Value): void {
  const actual = node.types[output];
  if (actual?.dtype !== type.dtype || !sameShape(actual.shape, type.shape)) {
    throw new Error(
      `${node.op}: output ${output} is ${actual ? describeType(actual) : 'missing'}, not ${describeType(type)}`,
    );
  }
}

function checkTypes<K extends OpName>(node: NodeOf<K>): void {
  const rule: ShapeRule<K> = shapeRules[node.op];
  const types = rule(
    node.inputs.map((input) => input.type),
    node.attributes,
  );
  const agree =
    types.length === node.types.length &&
    types.every((type, index) => describeType(type) === describeType(node.types[index] ?? type));
  if (!agree) {
    throw new Error(
      `${node.op}: is ${node.types.map(describeType).join('; ')}, should be ${types.map(describeType).join('; ')}`,
    );
  }
}

function checkFinite({ attributes: { data, type } }: NodeOf<'constant'>): void {
  if (data instanceof BigInt64Array) return;
  // A plain loop, for speed: these are a teacher's weights, up to hundreds of millions of numbers.
  for (let index = 0; index < data.length; index++) {
    if (!Number.isFinite(data[index])) {
      throw new Error(`constant ${describeType(type)}: value ${index} is ${data[index]}`);
    }
  }
}
