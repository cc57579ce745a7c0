import { crc32 } from 'node:zlib';

/** Writes pickles, archives and checkpoints as PyTorch does, for tests. */

/** Values that can be pickled: arrays are lists, maps are dictionaries, whole numbers are integers. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Pickled[]
  | ReadonlyMap<Pickled, Pickled>
  | Tuple
  | Named
  | Made
  | Persistent;

class Tuple {
  readonly items: readonly Pickled[];
  constructor(items: readonly Pickled[]) {
    this.items = items;
  }
}

class Named {
  readonly module: string;
  readonly name: string;
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

class Made {
  readonly callee: Pickled;
  readonly args: Pickled;
  readonly state: Pickled | undefined;
  constructor(callee: Pickled, args: Pickled, state?: Pickled) {
    this.callee = callee;
    this.args = args;
    this.state = state;
  }
}

class Persistent {
  readonly id: Pickled;
  constructor(id: Pickled) {
    this.id = id;
  }
}

export const tuple = (...items: Pickled[]): Pickled => new Tuple(items);

/** A class or function: `named('torch._utils', '_rebuild_tensor_v2')`. */
export const named = (module: string, name: string): Pickled => new Named(module, name);

/** Result of calling `module.name`, optionally with a state. */
export const made = (
  module: string,
  name: string,
  args: readonly Pickled[] = [],
  state?: Pickled,
): Pickled => new Made(named(module, name), new Tuple(args), state);

export const persistent = (id: Pickled): Pickled => new Persistent(id);

export const dict = (entries: Readonly<Record<string, Pickled>>): Pickled =>
  new Map<Pickled, Pickled>(Object.entries(entries));

/** Bytes of a text, one character each. */
export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A pickle of protocol 2, which `torch.save` writes, or 4. */
export function pickled(value: Pickled, protocol: 2 | 4 = 2): Buffer {
  const parts = [bytes('\x80'), Buffer.from([protocol])];
  write(value, protocol, parts);
  return Buffer.concat([...parts, bytes('.')]);
}

function write(value: Pickled, protocol: 2 | 4, parts: Buffer[]): void {
  const put = (...more: (string | Buffer)[]): void => {
    for (const part of more) parts.push(typeof part === 'string' ? bytes(part) : part);
  };
  const inner = (each: Pickled): void => {
    write(each, protocol, parts);
  };
  if (value === null) put('N');
  else if (typeof value === 'boolean') put(value ? '\x88' : '\x89');
  else if (typeof value === 'bigint') put('\x8a', Buffer.from([16]), integer(value, 16));
  else if (typeof value === 'number') put(...number(value));
  else if (typeof value === 'string')
    put('X', uint32(Buffer.byteLength(value)), Buffer.from(value));
  else if (value instanceof Uint8Array) put('B', uint32(value.length), Buffer.from(value));
  else if (value instanceof Named) {
    if (protocol === 2) put(`c${value.module}\n${value.name}\n`);
    else {
      inner(value.module);
      inner(value.name);
      put('\x93');
    }
  } else if (value instanceof Tuple) {
    put('(');
    value.items.forEach(inner);
    put('t');
  } else if (value instanceof Made) {
    inner(value.callee);
    inner(value.args);
    put('R');
    if (value.state !== undefined) {
      inner(value.state);
      put('b');
    }
  } else if (value instanceof Persistent) {
    inner(value.id);
    put('Q');
  } else if (value instanceof Map) {
    put('}(');
    for (const [key, item] of value as ReadonlyMap<Pickled, Pickled>) {
      inner(key);
      inner(item);
    }
    put('u');
  } else {
    put('](');
    (value as readonly Pickled[]).forEach(inner);
    put('e');
  }
}

function number(value: number): (string | Buffer)[] {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return ['J', integer(BigInt(value), 4)];
  if (Number.isSafeInteger(value)) return ['\x8a', Buffer.from([8]), integer(BigInt(value), 8)];
  const float = Buffer.alloc(8);
  float.writeDoubleBE(value);
  return ['G', float];
}

function integer(value: bigint, length: number): Buffer {
  return Buffer.from(
    Array.from({ length }, (_, i) => Number(BigInt.asUintN(8, value >> BigInt(8 * i)))),
  );
}

function uint32(value: number): Buffer {
  return integer(BigInt(value), 4);
}

/** A storage for `tensorOf`: its values as in the file. */
export interface Storage {
  readonly key: string;
  /** Type of the storage, as Float of `torch.FloatStorage`. */
  readonly type: string;
  readonly count: number;
  readonly data: Buffer;
}

export function floatStorage(key: string, values: readonly number[]): Storage {
  const data = Buffer.from(Float32Array.from(values).buffer);
  return { key, type: 'Float', count: values.length, data };
}

export interface ViewOptions {
  readonly offset?: number;
  readonly strides?: readonly number[];
  /** Extra element of old files: None. */
  readonly part?: Pickled;
}

/** A tensor of a storage, as `torch.save` writes it. */
export function tensorOf(
  storage: Storage,
  shape: readonly number[],
  { offset = 0, strides, part }: ViewOptions = {},
): Pickled {
  const { key, type, count } = storage;
  const id = ['storage', named('torch', `${type}Storage`), key, 'cpu', count] as const;
  return made('torch._utils', '_rebuild_tensor_v2', [
    persistent(part === undefined ? tuple(...id) : tuple(...id, part)),
    offset,
    tuple(...shape),
    tuple(...(strides ?? rowMajor(shape))),
    false,
    made('collections', 'OrderedDict'),
  ]);
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
}

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0 by default: stored without compression. */
  readonly method?: number;
  readonly flags?: number;
}

/** An archive as PyTorch writes it: nothing compressed, contents at multiples of 64. */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const { name, data, method = 0, flags = 0 } of entries) {
    const raw = Buffer.from(name);
    const padding = (64 - ((position + 30 + raw.length) % 64)) % 64;
    const extra = Buffer.alloc(padding < 4 ? padding + 64 : padding);
    extra.write('FB', 'latin1');
    extra.writeUInt16LE(extra.length - 4, 2);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(raw.length, 22);
    const central = Buffer.concat([common, Buffer.alloc(14)]);
    common.writeUInt16LE(extra.length, 24);
    central.writeUInt32LE(position, 36);
    directory.push(bytes('PK\x01\x02\x14\0'), central, raw);
    const local = [bytes('PK\x03\x04'), common, raw, extra, Buffer.from(data)];
    parts.push(...local);
    position += local.reduce((sum, part) => sum + part.length, 0);
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, listed, end]);
}

/** The entries of a checkpoint of today's form. */
export function torchEntries(
  root: Pickled,
  storages: readonly Storage[] = [],
  protocol: 2 | 4 = 2,
): ZipEntry[] {
  return [
    { name: 'archive/data.pkl', data: pickled(root, protocol) },
    { name: 'archive/byteorder', data: bytes('little') },
    ...storages.map(({ key, data }) => ({ name: `archive/data/${key}`, data })),
    { name: 'archive/version', data: bytes('3\n') },
  ];
}

/** A checkpoint of the old form. */
export function legacyFile(
  root: Pickled,
  storages: readonly Storage[] = [],
  { magic = 0x1950a86a20f9469cfc6cn, version = 1001, isLittleEndian = true } = {},
): Buffer {
  return Buffer.concat([
    pickled(magic),
    pickled(version),
    pickled(dict({ protocol_version: version, little_endian: isLittleEndian })),
    pickled(root),
    pickled(storages.map(({ key }) => key)),
    ...storages.flatMap(({ count, data }) => [integer(BigInt(count), 8), data]),
  ]);
}
