import { z } from 'zod';
import { UserError } from '../../core/errors.ts';
import { jsonCost } from '../files/json-cost.ts';
import { elementCount } from '../../core/tensor.ts';
import { safetensorsText } from '../../text/index.ts';

/**
 * The header of a safetensors file: a 64-bit little-endian length, then a JSON object from tensor names to type, shape
 * and position in the data that follow (https://github.com/huggingface/safetensors, "Format").
 */

/** Bits of one element of every type the format names. */
const dtypeBits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  I8: 8,
  U8: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
} as const;

type StoredDtype = keyof typeof dtypeBits;

/** A tensor as the header describes it. */
export interface StoredTensor {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** First byte, and the one after the last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit for a header, in bytes. */
export const headerLimit = 100_000_000;
/** Maximum number, far above any checkpoint; keeps a hostile header from taking minutes. */
const tensorLimit = 100_000;

/** Maximum memory, bytes; that of 100,000 tensors takes a fifth. */
const headerMemory = 256_000_000;

const metadataKey = '__metadata__';
const size = z.int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
});

/** `UserError('invalid-file')` that names the file, the reason and what to do. */
export function invalidSafetensors(path: string, reason: string): UserError {
  return new UserError('invalid-file', safetensorsText.invalid(path, reason));
}

/**
 * Reads and checks a header. The tensors must fill the data exactly, without overlaps or gaps, and each must have the
 * size required by its type and shape. A duplicate name appears as a gap, because JSON keeps only the last one.
 *
 * @param json the header's bytes, without the length before them
 * @param dataBytes how many bytes follow the header in the file
 * @param path for messages
 */
export function parseHeader(json: Uint8Array, dataBytes: number, path: string): SafetensorsHeader {
  const entries = Object.entries(parseObject(json, path));
  if (entries.length > tensorLimit) {
    throw invalidSafetensors(path, safetensorsText.tooManyTensors(tensorLimit));
  }
  const tensors = new Map<string, StoredTensor>();
  let metadata: Record<string, string> = {};
  for (const [name, value] of entries) {
    if (name === metadataKey) metadata = parseMetadata(value, path);
    else tensors.set(name, parseEntry(name, value, path));
  }
  checkPlaces(tensors, dataBytes, path);
  return { tensors, metadata };
}

function parseObject(json: Uint8Array, path: string): object {
  let value: unknown;
  if (jsonCost(json) > headerMemory) {
    throw invalidSafetensors(path, safetensorsText.headerTooComplex);
  }
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw invalidSafetensors(path, safetensorsText.headerNotJson);
  }
  if (!isObject(value)) throw invalidSafetensors(path, safetensorsText.headerNotAnObject);
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads metadata by hand: zod's records drop the name `__proto__`. */
function parseMetadata(value: unknown, path: string): Record<string, string> {
  const entries = isObject(value) ? Object.entries<unknown>({ ...value }) : undefined;
  if (entries?.every((pair): pair is [string, string] => typeof pair[1] === 'string') !== true) {
    throw invalidSafetensors(path, safetensorsText.metadataNotStrings);
  }
  return Object.fromEntries(entries);
}

function parseEntry(name: string, value: unknown, path: string): StoredTensor {
  const label = quoted(name);
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) {
    throw invalidSafetensors(path, safetensorsText.incompleteEntry(label));
  }
  const { dtype, shape, data_offsets } = parsed.data;
  if (!isStoredDtype(dtype)) {
    throw new UserError('unsupported', safetensorsText.unknownType(path, label, quoted(dtype)));
  }
  const [begin, end] = data_offsets;
  const bits = elementCount(shape) * dtypeBits[dtype];
  if (!Number.isSafeInteger(bits) || bits !== (end - begin) * 8) {
    const extent = { shape, type: dtype, bytes: end - begin };
    throw invalidSafetensors(path, safetensorsText.otherLength(label, extent));
  }
  return { dtype, shape, begin, end };
}

function isStoredDtype(name: string): name is StoredDtype {
  return Object.hasOwn(dtypeBits, name);
}

function checkPlaces(
  tensors: ReadonlyMap<string, StoredTensor>,
  dataBytes: number,
  path: string,
): void {
  const inOrder = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let filled = 0;
  for (const [name, { begin, end }] of inOrder) {
    if (end > dataBytes) {
      throw invalidSafetensors(path, safetensorsText.cutShort(quoted(name), end, dataBytes));
    }
    if (begin < filled) throw invalidSafetensors(path, safetensorsText.overlaps(quoted(name)));
    if (begin > filled) {
      throw invalidSafetensors(path, safetensorsText.strayBytes(filled, begin));
    }
    filled = end;
  }
  if (filled !== dataBytes) {
    throw invalidSafetensors(path, safetensorsText.strayBytes(filled, dataBytes));
  }
}

/**
 * Returns the bytes before the data: the length, the JSON, and spaces that align the data to a multiple of 8. Throws if
 * a tensor has the name of the metadata.
 */
export function encodeHeader({ tensors, metadata }: SafetensorsHeader): Uint8Array {
  if (tensors.has(metadataKey)) throw new Error(`encodeHeader: ${metadataKey} names no tensor`);
  const entries: [string, unknown][] = [...tensors].map(([name, { dtype, shape, begin, end }]) => [
    name,
    { dtype, shape, data_offsets: [begin, end] },
  ]);
  if (Object.keys(metadata).length > 0) entries.unshift([metadataKey, metadata]);
  const text = JSON.stringify(Object.fromEntries(entries));
  const json = new TextEncoder().encode(text);
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return header;
}

/** Formats a name for a message: quoted, control characters escaped, truncated if very long. */
function quoted(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
