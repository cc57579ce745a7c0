import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from './onnx_pb.js';
import { onnxTypes } from './lowerings.ts';

/**
 * Numbers in an ONNX file that a runtime takes as they are. ONNX Runtime 1.30 cuts some attributes to 32 bits without a
 * check and reads outside of its memory, and allocates whatever sizes a model states, so they are checked before it sees
 * them. Whether operators and weights fit each other it checks by itself.
 */

/** Axes of a tensor: the decoder's patches have six. */
const mostAxes = 8;
/** Values of a result that a constant gives the sizes of: 1 GiB of float32. */
const mostValues = 2 ** 28;
/** Any other whole number. */
const largest = 2 ** 31 - 1;

/** Whole numbers of attributes that mean a place among axes, from either end. */
const axisAttributes: ReadonlySet<string> = new Set(['axis', 'perm', 'axes']);
/** Operators that make as many values as their second input says. */
const sized: ReadonlySet<string> = new Set(['Expand']);
/** Operators whose other inputs of whole numbers add to an axis. */
const widened: ReadonlySet<string> = new Set(['Pad']);
/** Values added to an axis at most, by `Pad` and by the pads of `Conv`. */
const mostAdded = 4096;

/** @throws Error that says which part is out of its range */
export function checkModelNumbers({ graph }: ModelProto): void {
  if (graph === undefined) throw new Error('the model holds no graph');
  const constants = wholeNumbers(graph);
  for (const node of graph.node) {
    for (const attribute of node.attribute) checkAttribute(node, attribute);
    for (const name of node.input.slice(1)) checkConstant(node, constants.get(name) ?? []);
  }
  for (const weight of graph.initializer) checkPlace(weight);
}

function checkAttribute({ opType, name }: NodeProto, { name: key, i, ints }: AttributeProto): void {
  const [low, high] = rangeOf(key);
  for (const value of [i, ...ints]) {
    if (value >= low && value <= high) continue;
    throw new Error(`${opType} ${name}: ${key} is ${value}, outside of ${low} to ${high}`);
  }
}

function rangeOf(attribute: string): readonly [low: number, high: number] {
  if (axisAttributes.has(attribute)) return [-mostAxes, mostAxes - 1];
  if (attribute === 'pads') return [0, mostAdded];
  return [-largest, largest];
}

function checkConstant({ opType, name }: NodeProto, values: readonly bigint[]): void {
  const high = widened.has(opType) ? mostAdded : largest;
  const odd = values.find((value) => value < -high || value > high);
  if (odd !== undefined) throw new Error(`${opType} ${name}: ${odd} is outside of ±${high}`);
  if (!sized.has(opType)) return;
  // 1 and less stand for what the input has.
  const count = values.reduce(
    (product, value) => (value > 0 ? product * Number(value) : product),
    1,
  );
  if (count > mostValues) {
    throw new Error(
      `${opType} ${name}: a result of ${values.join(' × ')}, more than ${mostValues} values`,
    );
  }
}

/** Constants of int64 by their names. */
function wholeNumbers({ initializer }: GraphProto): ReadonlyMap<string, readonly bigint[]> {
  const vectors = initializer.filter(({ dataType }) => dataType === onnxTypes.int64);
  return new Map(vectors.map((vector) => [vector.name, int64Values(vector)]));
}

function int64Values({ name, dims, rawData }: TensorProto): bigint[] {
  const count = dims.reduce((product, size) => product * Number(size), 1);
  if (rawData.byteLength !== 8 * count) {
    throw new Error(`${name}: ${rawData.byteLength} bytes for ${count} whole numbers`);
  }
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: count }, (_, at) => view.getBigInt64(8 * at, true));
}

/**
 * Weights beside the model lie in its own folder, in a file that is named without a path: a model from elsewhere must
 * not have other files read.
 */
function checkPlace({ name, externalData }: TensorProto): void {
  for (const { key, value } of externalData) {
    const isPlain = /^[^/\\:\0]+$/.test(value) && value !== '.' && value !== '..';
    if (key === 'location' && !isPlain) {
      throw new Error(
        `${name}: its values are said to lie outside of the model's folder (${value})`,
      );
    }
  }
}
