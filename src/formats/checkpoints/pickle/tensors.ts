import { UserError } from '../../../core/errors.ts';
import { elementCount } from '../../../core/tensor.ts';
import { printableName } from '../problems.ts';
import type { Machine } from './machine.ts';
import {
  isDict,
  isName,
  isSequence,
  isStorage,
  isTensor,
  storageBytes,
  type PickleStorage,
  type PickleTensor,
  type PickleValue,
  type StorageDtype,
} from './values.ts';
import { pickleText } from '../../../text/index.ts';

/** PyTorch tensors and storages as they are named in its pickles (torch/_utils.py, torch/serialization.py). */

const storageClasses: Readonly<Record<string, StorageDtype>> = {
  Float: 'F32',
  Double: 'F64',
  Half: 'F16',
  BFloat16: 'BF16',
  Long: 'I64',
  Int: 'I32',
  Short: 'I16',
  Char: 'I8',
  Byte: 'U8',
  Bool: 'BOOL',
  ComplexFloat: 'C64',
  ComplexDouble: 'C128',
  Untyped: 'U8',
  _Untyped: 'U8',
};

/** Element type of a storage class such as `torch.FloatStorage`, in any of the modules that PyTorch has had it in. */
export function storageDtype(name: string): StorageDtype | undefined {
  const [, type = ''] = /^torch\.(?:cuda\.|storage\.)?(\w+)Storage$/.exec(name) ?? [];
  return Object.hasOwn(storageClasses, type) ? storageClasses[type] : undefined;
}

const dtypes: Readonly<Record<string, StorageDtype>> = {
  'torch.float32': 'F32',
  'torch.float64': 'F64',
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.float8_e4m3fn': 'F8_E4M3',
  'torch.float8_e5m2': 'F8_E5M2',
  'torch.int64': 'I64',
  'torch.int32': 'I32',
  'torch.int16': 'I16',
  'torch.int8': 'I8',
  'torch.uint64': 'U64',
  'torch.uint32': 'U32',
  'torch.uint16': 'U16',
  'torch.uint8': 'U8',
  'torch.bool': 'BOOL',
  'torch.complex64': 'C64',
  'torch.complex128': 'C128',
};

/** Element type of a name such as `torch.float32`. */
export function dtypeOfName(name: string): StorageDtype | undefined {
  return Object.hasOwn(dtypes, name) ? dtypes[name] : undefined;
}

/** Maximum number of dimensions in PyTorch. */
const rankLimit = 64;

/**
 * Storage that a persistent id refers to: ('storage', class, key, device, elements); in old files also a view of it:
 * None or (its own key, first element, elements).
 */
export function storageOf(id: PickleValue, machine: Machine): PickleStorage {
  const [type, name, key, , elements, part = null] = machine.items(id);
  const dtype = isName(name) ? storageDtype(name.name) : undefined;
  if (type !== 'storage' || dtype === undefined || typeof key !== 'string') {
    throw machine.invalid(pickleText.notAStorage);
  }
  const total = size(elements, machine);
  if (part === null) return { kind: 'storage', dtype, key, total, first: 0, count: total };
  const [, first, count] = machine
    .items(part)
    .map((value, i) => (i > 0 ? size(value, machine) : 0));
  if (first === undefined || count === undefined || first + count > total) {
    throw machine.invalid(pickleText.partOutside(printableName(key)));
  }
  return { kind: 'storage', dtype, key, total, first, count };
}

/** `_rebuild_tensor(storage, offset, size, strides)`; version 2 adds data for training. */
export function rebuildTensor(args: readonly PickleValue[], machine: Machine): PickleTensor {
  const [storage] = args;
  if (!isStorage(storage)) throw machine.invalid(pickleText.noStorage);
  requirePlainValues(args[6], machine);
  return view(storage, storage.dtype, args, machine);
}

/** A view may represent the negative or the conjugate of the stored values. */
function requirePlainValues(metadata: PickleValue | undefined, machine: Machine): void {
  if (!isDict(metadata)) return;
  const bit = ['neg', 'conj'].find((name) => metadata.entries.get(name) === true);
  if (bit === undefined) return;
  throw new UserError('unsupported', pickleText.deferredValues(machine.path, bit));
}

/** Version 3 is for types without a storage class: the type is the argument after the hooks. */
export function rebuildTypedTensor(args: readonly PickleValue[], machine: Machine): PickleTensor {
  const storage = args[0];
  const type = args[6];
  const dtype = isName(type) ? dtypeOfName(type.name) : undefined;
  if (!isStorage(storage) || dtype === undefined) {
    throw machine.invalid(pickleText.noStorageOrType);
  }
  requirePlainValues(args[7], machine);
  return view(storage, dtype, args, machine);
}

/** `Parameter(tensor, …)` is its tensor. */
export function rebuildParameter([tensor]: readonly PickleValue[], machine: Machine): PickleTensor {
  if (isTensor(tensor)) return tensor;
  throw machine.invalid(pickleText.emptyParameter);
}

function view(
  storage: PickleStorage,
  dtype: StorageDtype,
  [, start, shapeValue, stridesValue]: readonly PickleValue[],
  machine: Machine,
): PickleTensor {
  const offset = size(start, machine);
  const shape = sizes(shapeValue, machine);
  const strides = sizes(stridesValue, machine);
  if (shape.length !== strides.length) {
    throw machine.invalid(pickleText.otherStrides(shape.length, strides.length));
  }
  const last = shape.reduce(
    (sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0),
    offset,
  );
  const available = Math.floor((storage.count * storageBytes[storage.dtype]) / storageBytes[dtype]);
  const values = elementCount(shape);
  if (!Number.isSafeInteger(values) || (values > 0 && !(last < available))) {
    throw machine.invalid(pickleText.beyondStorage(shape));
  }
  return { kind: 'tensor', storage, dtype, offset, shape, strides };
}

function sizes(value: PickleValue | undefined, machine: Machine): number[] {
  if (!isSequence(value)) throw machine.invalid(pickleText.noSizes);
  if (value.items.length > rankLimit) {
    throw machine.invalid(pickleText.tooManyDimensions(value.items.length, rankLimit));
  }
  machine.charge(value.items.length * 8);
  return value.items.map((item) => size(item, machine));
}

function size(value: PickleValue | undefined, machine: Machine): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw machine.invalid(pickleText.wrongSize);
}
