import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { elementCount, type Tensor } from '../../core/tensor.ts';
import { readFailure } from '../files/file-errors.ts';
import { statFile } from '../files/stat-file.ts';
import {
  encodeHeader,
  headerLimit,
  invalidSafetensors,
  parseHeader,
  type SafetensorsHeader,
  type StoredTensor,
} from './safetensors-header.ts';
import {
  encodeFloats,
  floatBytes,
  isReadable,
  widen,
  type FloatDtype,
  type ReadableDtype,
} from './safetensors-values.ts';
import { writeFileAtomically } from '../files/write-file.ts';
import { safetensorsText } from '../../text/index.ts';

export type { FloatDtype } from './safetensors-values.ts';

/** Memory in addition to the result while other types are converted to float32. */
const chunkBytes = 2 ** 23;

/** An open file whose tensors are read one by one. */
export interface SafetensorsFile extends SafetensorsHeader {
  readonly path: string;
  readonly container: 'safetensors';
  readonly files: readonly string[];
  /**
   * Reads the values of a tensor as float32; F64 is rounded. Throws `UserError`: 'invalid-file' if the file has no such
   * tensor or was shortened since it was opened, 'unsupported' for types other than F32, F16, BF16 and F64.
   */
  read(name: string): Promise<Tensor>;
  close(): Promise<void>;
}

/**
 * Opens a safetensors file and checks its header against its size; no values are read yet. The caller
 * closes it.
 *
 * Throws `UserError`: 'not-found', 'invalid-file' (a folder, an empty or cut file, a header that is too
 * long or does not fit the file), 'unsupported' (a type of element the format did not have) or 'disk'.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  await statFile(path);
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw readFailure(error, path);
  });
  try {
    const { header, dataStart } = await readHeader(handle, path);
    return {
      path,
      container: 'safetensors',
      files: [path],
      ...header,
      read: (name) => readTensor(handle, path, name, header.tensors.get(name), dataStart),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw readFailure(error, path);
  }
}

/** Reads a whole file; every tensor must be F32, F16, BF16 or F64. Throws as `openSafetensors` and `read`. */
export async function readSafetensors(
  path: string,
): Promise<{ tensors: Map<string, Tensor>; metadata: Readonly<Record<string, string>> }> {
  const file = await openSafetensors(path);
  try {
    const tensors = new Map<string, Tensor>();
    for (const name of file.tensors.keys()) tensors.set(name, await file.read(name));
    return { tensors, metadata: file.metadata };
  } finally {
    await file.close();
  }
}

async function readHeader(
  handle: FileHandle,
  path: string,
): Promise<{ header: SafetensorsHeader; dataStart: number }> {
  const { size } = await handle.stat();
  if (size < 8) throw invalidSafetensors(path, safetensorsText.tooShort(size));
  const prefix = Buffer.alloc(8);
  await readFully(handle, prefix, 0, path);
  if (prefix.toString('latin1') === 'version ') {
    throw new UserError('invalid-file', safetensorsText.lfsPointer(path));
  }
  const length = prefix.readBigUInt64LE();
  const fits = length <= BigInt(headerLimit) && length <= BigInt(size - 8);
  const other = fits ? undefined : otherKind(prefix);
  if (other !== undefined) {
    throw new UserError('unsupported', safetensorsText.otherFormat(path, other));
  }
  if (length > BigInt(headerLimit)) {
    throw invalidSafetensors(path, safetensorsText.headerTooLong(length.toString()));
  }
  const dataStart = 8 + Number(length);
  if (!fits) throw invalidSafetensors(path, safetensorsText.headerPastEnd(dataStart, size));
  const json = new Uint8Array(Number(length));
  await readFully(handle, json, 8, path);
  return { header: parseHeader(json, size - dataStart, path), dataStart };
}

/** Names a file that users may mistake for a teacher's weights, by its first bytes. */
function otherKind(prefix: Buffer): string | undefined {
  const text = prefix.toString('latin1');
  if (text.startsWith('PK\x03\x04')) return safetensorsText.zip;
  // A pickle stream begins with its protocol number.
  if (prefix[0] === 0x80 && [2, 3, 4, 5].includes(prefix[1] ?? 0)) {
    return safetensorsText.pickle;
  }
  if (text.startsWith('\x89HDF')) return safetensorsText.hdf5;
  if (text.startsWith('\x1f\x8b')) return safetensorsText.gzip;
  return undefined;
}

async function readTensor(
  handle: FileHandle,
  path: string,
  name: string,
  stored: StoredTensor | undefined,
  dataStart: number,
): Promise<Tensor> {
  if (stored === undefined)
    throw new UserError('invalid-file', safetensorsText.noTensor(path, name));
  const { dtype, shape, begin } = stored;
  if (!isReadable(dtype)) throw unreadableType(path, name, dtype);
  const data = new Float32Array(elementCount(shape));
  const start = dataStart + begin;
  try {
    if (dtype === 'F32') {
      await readFully(handle, new Uint8Array(data.buffer), start, path);
    } else {
      await readOther(handle, dtype, data, start, path);
    }
  } catch (error) {
    throw readFailure(error, path);
  }
  return { shape, data };
}

/** Returns the error to throw if a tensor has another type. */
export function unreadableType(path: string, name: string, dtype: string): UserError {
  return new UserError('unsupported', safetensorsText.unreadableType(path, name, dtype));
}

/** Reads and converts in chunks, so that the stored form is never in memory as a whole. */
async function readOther(
  handle: FileHandle,
  dtype: Exclude<ReadableDtype, 'F32'>,
  data: Float32Array,
  start: number,
  path: string,
): Promise<void> {
  const bytes = floatBytes[dtype];
  const length = Math.min(chunkBytes / bytes, data.length);
  const buffer = new ArrayBuffer(length * bytes);
  for (let first = 0; first < data.length; first += length) {
    const target = data.subarray(first, first + length);
    const stored = new Uint8Array(buffer, 0, target.length * bytes);
    await readFully(handle, stored, start + first * bytes, path);
    if (dtype === 'F64') target.set(new Float64Array(buffer, 0, target.length));
    else widen(new Uint16Array(buffer, 0, target.length), dtype, target);
  }
}

/** Fills `target` from `position`; the platforms this runs on are little-endian, as the format is. */
async function readFully(
  handle: FileHandle,
  target: Uint8Array,
  position: number,
  path: string,
): Promise<void> {
  // Below the 2 GiB that one system call takes.
  const step = 2 ** 30;
  for (let done = 0; done < target.length;) {
    const length = Math.min(step, target.length - done);
    const { bytesRead } = await handle.read(target, done, length, position + done);
    if (bytesRead === 0) throw invalidSafetensors(path, safetensorsText.endedWhileRead);
    done += bytesRead;
  }
}

export interface SafetensorsOptions {
  /** Type of every stored tensor; F32 by default. */
  readonly dtype?: FloatDtype;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Yields the bytes of a safetensors file, piece by piece: the header, then the tensors by name, so that the same
 * tensors give the same file. F16 and BF16 round to the nearest, ties to even.
 */
export function* encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  { dtype = 'F32', metadata = {} }: SafetensorsOptions = {},
): Generator<Uint8Array, void, undefined> {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  const stored = new Map<string, StoredTensor>();
  let end = 0;
  for (const [name, { shape, data }] of sorted) {
    if (data.length !== elementCount(shape)) {
      const extent = `(${shape.join(', ')})`;
      throw new Error(`encodeSafetensors: ${name} is ${extent} but has ${data.length} values`);
    }
    const begin = end;
    end += data.length * floatBytes[dtype];
    stored.set(name, { dtype, shape, begin, end });
  }
  yield encodeHeader({ tensors: stored, metadata });
  for (const [, { data }] of sorted) yield encodeFloats(data, dtype);
}

/** Writes a safetensors file as a whole or not at all. Throws `UserError('disk')`. */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Tensor>,
  options: SafetensorsOptions = {},
): Promise<void> {
  return writeFileAtomically(path, encodeSafetensors(tensors, options));
}
