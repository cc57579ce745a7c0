/** Result of a pickle's program: Python's values, if checkpoints need them. */
export type PickleValue =
  | null
  | boolean
  | number
  /** Integers beyond 2^53. */
  | bigint
  | string
  | Uint8Array
  | PickleSequence
  | PickleDict
  | PickleName
  | PickleStorage
  | PickleTensor
  | NumpyType
  | OpaqueObject;

export interface PickleSequence {
  readonly kind: 'list' | 'tuple' | 'set';
  readonly items: PickleValue[];
}

export interface PickleDict {
  readonly kind: 'dict';
  readonly entries: Map<PickleValue, PickleValue>;
  /** True if its attributes count as entries: `argparse.Namespace`. */
  readonly isNamespace: boolean;
}

/** A class or function by its name, one of those in `names.ts`. */
export interface PickleName {
  readonly kind: 'name';
  readonly name: string;
}

/** Values of one type, stored elsewhere in the file. */
export interface PickleStorage {
  readonly kind: 'storage';
  readonly dtype: StorageDtype;
  /** Key of the storage in the container. */
  readonly key: string;
  /** Elements of the whole storage. */
  readonly total: number;
  /** Part of a storage that this is: only old files have storages within storages. */
  readonly first: number;
  readonly count: number;
}

/** A view of a storage; offset and strides count elements of `dtype`, from the storage's first. */
export interface PickleTensor {
  readonly kind: 'tensor';
  readonly storage: PickleStorage;
  readonly dtype: StorageDtype;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** `numpy.dtype`: its code (`f8`) and, once its state is known, its byte order. */
export interface NumpyType {
  readonly kind: 'numpy-type';
  readonly code: string;
  isBigEndian: boolean;
}

/** A harmless object that is not needed; only its class is kept. */
export interface OpaqueObject {
  readonly kind: 'opaque';
  readonly of: string;
}

/** Bytes per element, by the type names of safetensors, and one that safetensors lacks. */
export const storageBytes = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
  C64: 8,
  C128: 16,
} as const;

export type StorageDtype = keyof typeof storageBytes;

/** Returns the kind of an object; undefined for any other value. */
function kindOf(value: PickleValue | undefined): string | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

export function isSequence(value: PickleValue | undefined): value is PickleSequence {
  return ['list', 'tuple', 'set'].includes(kindOf(value) ?? '');
}

export function isDict(value: PickleValue | undefined): value is PickleDict {
  return kindOf(value) === 'dict';
}

export function isTensor(value: PickleValue | undefined): value is PickleTensor {
  return kindOf(value) === 'tensor';
}

export function isStorage(value: PickleValue | undefined): value is PickleStorage {
  return kindOf(value) === 'storage';
}

export function isName(value: PickleValue | undefined): value is PickleName {
  return kindOf(value) === 'name';
}

export function isNumpyType(value: PickleValue | undefined): value is NumpyType {
  return kindOf(value) === 'numpy-type';
}

export function isOpaque(value: PickleValue | undefined): value is OpaqueObject {
  return kindOf(value) === 'opaque';
}

export function newDict(isNamespace = false): PickleDict {
  return { kind: 'dict', entries: new Map(), isNamespace };
}
