import { describeType, reachableNodes } from './ops.ts';
import type { Graph, Node, Value } from './ops.ts';

/**
 * Formats a graph as text, one line per node, for reading and for comparing in tests:
 *
 *     %3: float32 (8, 65, 192) = matmul(%1, %2)
 *     %4: float32 (8, 65, 192), %4.1: … = normalize(%3) {epsilon: 0.000001}
 *     return loss: %9
 */
export function printGraph(graph: Graph): string {
  const numbers = new Map<Node, number>();
  const name = ({ node, output }: Value): string =>
    `%${numbers.get(node) ?? '?'}${output === 0 ? '' : `.${output}`}`;
  const lines = reachableNodes(graph.outputs.values()).map((node) => {
    numbers.set(node, numbers.size);
    const outputs = node.types.map(
      (type, output) => `${name({ node, output, type })}: ${describeType(type)}`,
    );
    const inputs = node.inputs.map(name).join(', ');
    return `${outputs.join(', ')} = ${node.op}(${inputs})${printAttributes(node)}`;
  });
  const results = [...graph.outputs].map(([label, value]) => `${label}: ${name(value)}`);
  return [`graph ${graph.name}`, ...lines, `return ${results.join(', ')}`].join('\n');
}

function printAttributes(node: Node): string {
  if (node.op === 'input') return ` {name: ${node.attributes.name}}`;
  if (node.op === 'constant') {
    const { data } = node.attributes;
    return data.length === 1 ? ` {${data[0]}}` : '';
  }
  const entries = Object.entries<string | number | readonly number[]>(node.attributes);
  if (entries.length === 0) return '';
  const text = entries.map(([key, value]) => `${key}: ${printAttribute(value)}`);
  return ` {${text.join(', ')}}`;
}

function printAttribute(value: string | number | readonly number[]): string {
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
}
