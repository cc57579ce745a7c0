import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from './onnx_pb.js';
import { onnxTypes } from './lowerings.ts';

/**
 * Check of numbers in an ONNX file that a runtime trusts. ONNX Runtime 1.30 truncates some attributes to 32 bits
 * unchecked and then reads outside of its memory, and it allocates any size that a model states, so these numbers are
 * checked first. The runtime itself checks that operators and weights fit each other.
 */

/** Largest number of axes of a tensor: the decoder's patches have six. */
const mostAxes = 8;
/** Largest number of values in a result whose size a constant states: 1 GiB of float32. */
const mostValues = 2 ** 28;
/** Largest value of any other integer. */
const largest = 2 ** 31 - 1;

/** Attributes whose integers refer to axes, counted from either end. */
const axisAttributes: ReadonlySet<string> = new Set(['axis', 'perm', 'axes']);
/** Operators that create as many values as their second input states. */
const sized: ReadonlySet<string> = new Set(['Expand']);
/** Operators whose integer inputs extend an axis. */
const widened: ReadonlySet<string> = new Set(['Pad']);
/** Largest extension of an axis, by `Pad` and by the pads of `Conv`. */
const mostAdded = 4096;

/** Fields of AttributeProto that hold graphs: a loop inside one call could not be stopped, and no student has one. */
const graphFields: ReadonlySet<number> = new Set([6, 11]);
/** Field of ModelProto for functions, whose nodes are not checked here. */
const functionsField = 25;

/** @throws Error that names the part that is out of range or does not occur in a student */
export function checkModelNumbers({ graph, $unknown = [] }: ModelProto): void {
  if ($unknown.some(({ no }) => no === functionsField)) throw new Error('the model has functions');
  if (graph === undefined) throw new Error('the model holds no graph');
  const constants = wholeNumbers(graph);
  for (const node of graph.node) {
    for (const attribute of node.attribute) checkAttribute(node, attribute);
    for (const name of node.input.slice(1)) checkConstant(node, constants.get(name) ?? []);
  }
  for (const weight of graph.initializer) checkPlace(weight);
}

function checkAttribute(
  { opType, name }: NodeProto,
  { name: key, i, ints, $unknown = [] }: AttributeProto,
): void {
  if ($unknown.some(({ no }) => graphFields.has(no))) {
    throw new Error(`${opType} ${name}: nested graphs (as in loops) are not supported`);
  }
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
  // Sizes of 1 and less mean the size of the input.
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

/** Constants of int64 by name. */
function wholeNumbers({ initializer }: GraphProto): ReadonlyMap<string, readonly bigint[]> {
  const vectors = initializer.filter(({ dataType }) => dataType === onnxTypes.int64);
  return new Map(vectors.map((vector) => [vector.name, int64Values(vector)]));
}

function int64Values({ name, dims, rawData }: TensorProto): bigint[] {
  const count = dims.reduce((product, size) => product * Number(size), 1);
  if (rawData.byteLength !== 8 * count) {
    throw new Error(`${name}: ${rawData.byteLength} bytes for ${count} integers`);
  }
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  return Array.from({ length: count }, (_, at) => view.getBigInt64(8 * at, true));
}

/**
 * Checks that external weights are in the model's own folder, in a file named without a path: a foreign model must
 * not cause other files to be read.
 */
function checkPlace({ name, externalData }: TensorProto): void {
  for (const { key, value } of externalData) {
    const isPlain = /^[^/\\:\0]+$/.test(value) && value !== '.' && value !== '..';
    if (key === 'location' && !isPlain) {
      throw new Error(`${name}: its values are in a file outside of the model's folder (${value})`);
    }
  }
}
