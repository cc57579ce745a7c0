import { UserError } from '../../../core/errors.ts';
import { printableName } from '../problems.ts';
import type { Machine } from './machine.ts';
import { numpyScalar, numpyType, setNumpyState } from './numpy.ts';
import {
  dtypeOfName,
  rebuildParameter,
  rebuildTensor,
  rebuildTypedTensor,
  storageDtype,
} from './tensors.ts';
import {
  isDict,
  isName,
  isNumpyType,
  isSequence,
  type PickleDict,
  type PickleName,
  type PickleValue,
} from './values.ts';
import { pickleText } from '../../../text/index.ts';

/**
 * Names that checkpoints may use, and what calling them returns. Any other name is refused at once, before any object
 * is created.
 */
type Call = (args: readonly PickleValue[], machine: Machine) => PickleValue;

const emptyDict: Call = (_, machine) => machine.newDict();

/** Makes a dictionary from pairs, or from another dictionary. */
const dictOf: Call = ([source], machine) => {
  const dict = machine.newDict();
  if (source === undefined) return dict;
  if (isDict(source)) {
    for (const [key, value] of source.entries) machine.setEntry(dict, key, value);
    return dict;
  }
  for (const pair of machine.items(source)) machine.setEntries(dict, machine.items(pair));
  return dict;
};

const sequenceOf =
  (kind: 'list' | 'tuple' | 'set'): Call =>
  ([source], machine) =>
    // The items are shared, not copied, so that a long list costs nothing the second time.
    machine.sequence(kind, isSequence(source) ? source.items : []);

const opaque =
  (of: string): Call =>
  (_, machine) => {
    machine.charge(of.length);
    return { kind: 'opaque', of };
  };

/** Protocol 2 has no bytes: they are stored as text, one character per byte. */
const encode: Call = ([text, encoding], machine) => {
  if (typeof text !== 'string' || encoding !== 'latin1') {
    throw machine.invalid(pickleText.otherEncoding);
  }
  machine.charge(text.length);
  return new Uint8Array(Buffer.from(text, 'latin1'));
};

const bytesOf: Call = ([source], machine) => {
  if (source instanceof Uint8Array) return source;
  if (source === undefined) return new Uint8Array();
  if (typeof source === 'string') return encode([source, 'latin1'], machine);
  throw machine.invalid(pickleText.wrongBytes);
};

/** `torch.device('cuda', 0)` → `cuda:0`. */
const device: Call = ([type, index], machine) => {
  if (typeof type !== 'string') throw machine.invalid(pickleText.namelessDevice);
  return typeof index === 'number' ? `${type}:${index}` : type;
};

/** Every tensor here has the layout `torch.strided`; other layouts cannot be read. */
const layout: Call = ([name], machine) => {
  if (name === 'torch.strided') return { kind: 'opaque', of: name };
  throw refusal(machine.path, 'torch.serialization._get_layout');
};

/** `collections.deque(items, longest)`: items may be added later, so it gets its own list. */
const deque: Call = ([source], machine) => {
  const items = isSequence(source) ? source.items : [];
  machine.charge(items.length * 8);
  return machine.sequence('list', [...items]);
};

/** Construction of objects in protocols 0 and 1: class, base class, value of the base class. */
const reconstruct: Call = ([name, , value], machine) => {
  const made = callName(machine, name ?? null, []);
  return isDict(made) && isDict(value) ? dictOf([value], machine) : made;
};

const calls = new Map<string, Call>([
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_tensor_v3', rebuildTypedTensor],
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch._utils._rebuild_parameter_with_state', rebuildParameter],
  ['torch.nn.parameter.Parameter', rebuildParameter],
  ['torch.nn.parameter.Buffer', rebuildParameter],
  // A tensor with its own attributes: function, class, its arguments, attributes.
  [
    'torch._tensor._rebuild_from_type_v2',
    ([name, , args], machine) => callName(machine, name ?? null, machine.items(args)),
  ],
  ['torch.Size', sequenceOf('tuple')],
  ['torch.device', device],
  ['torch.serialization._get_layout', layout],
  ['collections.OrderedDict', dictOf],
  ['collections.Counter', dictOf],
  ['collections.deque', deque],
  // Its first argument creates missing values, of which there are none here.
  ['collections.defaultdict', emptyDict],
  ['argparse.Namespace', (_, machine) => machine.newDict(true)],
  ['_codecs.encode', encode],
  ['copyreg._reconstructor', reconstruct],
  ['numpy.dtype', numpyType],
  // TorchScript's typed lists and dictionaries: a list, or a value and the name of its type.
  ...['intlist', 'doublelist', 'boollist', 'tensorlist'].map(
    (kind) => [`torch.jit._pickle.build_${kind}`, sequenceOf('list')] as const,
  ),
  ['torch.jit._pickle.restore_type_tag', ([value]) => value ?? null],
  // Lightning's hyperparameters: dictionaries whose entries are also attributes.
  ['pytorch_lightning.utilities.parsing.AttributeDict', dictOf],
  ['lightning.pytorch.utilities.parsing.AttributeDict', dictOf],
  ['lightning.fabric.utilities.data.AttributeDict', dictOf],
  ['lightning_fabric.utilities.data.AttributeDict', dictOf],
  ...['list', 'tuple', 'set'].map(
    (kind) => [`builtins.${kind}`, sequenceOf(kind as 'list' | 'tuple' | 'set')] as const,
  ),
  ['builtins.frozenset', sequenceOf('set')],
  ['builtins.dict', dictOf],
  ['builtins.bytes', bytesOf],
  ['builtins.bytearray', bytesOf],
  ...['core', '_core'].flatMap((core): [string, Call][] => [
    [`numpy.${core}.multiarray.scalar`, numpyScalar],
    // Arrays occur in states of random generators and in measurements; weights are tensors.
    [`numpy.${core}.multiarray._reconstruct`, opaque('numpy.ndarray')],
    [`numpy.${core}.numeric._frombuffer`, opaque('numpy.ndarray')],
  ]),
  // Information on where and when training took place: harmless and unused.
  ...[
    'pathlib.Path',
    'pathlib.PosixPath',
    'pathlib.WindowsPath',
    'pathlib.PurePosixPath',
    'pathlib.PureWindowsPath',
    'pathlib._local.PosixPath',
    'pathlib._local.WindowsPath',
    'datetime.datetime',
    'datetime.date',
    'datetime.time',
    'datetime.timedelta',
    'datetime.timezone',
    'builtins.complex',
    'builtins.range',
    // Named as in protocol 2.
    'builtins.xrange',
    'builtins.slice',
  ].map((name) => [name, opaque(name)] as const),
]);

/** Classes that are referred to and never called: as a default, or as the class of a tensor. */
const namesOnly = new Set([
  'builtins.int',
  'builtins.long',
  'builtins.float',
  'builtins.str',
  'builtins.bool',
  'builtins.object',
  'numpy.ndarray',
  ...['bool_', 'float16', 'float32', 'float64', 'int8', 'int16', 'int32', 'int64', 'uint8'].map(
    (type) => `numpy.${type}`,
  ),
  'torch.Tensor',
]);

/** A class or function of the program in a TorchScript archive. */
function isScriptName({ isScript }: Machine, name: string): boolean {
  return isScript && name.startsWith('__torch__.');
}

/** Returns the value of an allowed name. Throws `UserError('unsupported')` for any other. */
export function findName(machine: Machine, named: string): PickleName {
  // Python 3 modules by their names in protocol 2.
  const name = named.replace(/^__builtin__\./, 'builtins.').replace(/^copy_reg\./, 'copyreg.');
  const isKnown =
    isScriptName(machine, name) ||
    calls.has(name) ||
    namesOnly.has(name) ||
    storageDtype(name) !== undefined ||
    dtypeOfName(name) !== undefined;
  if (!isKnown) throw refusal(machine.path, named);
  machine.charge(name.length * 2);
  return { kind: 'name', name };
}

/** Returns the result of calling a name. */
export function callName(
  machine: Machine,
  callee: PickleValue,
  args: readonly PickleValue[],
): PickleValue {
  if (!isName(callee)) throw machine.invalid(pickleText.callsNoFunction);
  if (isScriptName(machine, callee.name)) return machine.newDict(true);
  const found = calls.get(callee.name);
  if (found === undefined) throw refusal(machine.path, callee.name);
  return found(args, machine);
}

/** Sets an object's attributes (BUILD). Only those of a namespace and of a NumPy dtype are kept. */
export function build(machine: Machine, target: PickleValue, state: PickleValue): void {
  if (isNumpyType(target)) setNumpyState(target, state);
  // The custom state of a TorchScript class is known only to its program.
  else if (machine.isScript && !isDict(state)) return;
  else if (isDict(target) && target.isNamespace) setAttributes(machine, target, state);
}

function setAttributes(machine: Machine, target: PickleDict, state: PickleValue): void {
  for (const [key, value] of machine.dict(state).entries) machine.setEntry(target, key, value);
}

/** Kinds of names that are refused, as patterns. */
const refusedKinds: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [
    /^torch\.(cuda\.)?Q\w*Storage$|_rebuild_qtensor$|^torch\.per_(tensor|channel)_/,
    pickleText.quantised,
  ],
  [/_rebuild_sparse|_get_layout$/, pickleText.sparse],
  [/_rebuild_nested_tensor$/, pickleText.nested],
  [/_rebuild_meta_tensor/, pickleText.empty],
];

function refusal(path: string, name: string): UserError {
  const shown = printableName(name);
  for (const [pattern, kind] of refusedKinds) {
    if (!pattern.test(name)) continue;
    return new UserError('unsupported', pickleText.otherTensors(path, kind, shown));
  }
  // Python's classes begin with a capital, its functions and modules do not.
  const isClass = /(^|\.)_*[A-Z]\w*$/.test(name);
  return new UserError(
    'unsupported',
    isClass ? pickleText.otherClass(path, shown) : pickleText.otherFunction(path, shown),
  );
}
