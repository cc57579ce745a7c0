import { UserError } from '../../../core/errors.ts';
import type { FileSource } from '../../raster/file-source.ts';
import { storageOf } from '../pickle/tensors.ts';
import { noPersistent, unpickle } from '../pickle/unpickle.ts';
import {
  isDict,
  isSequence,
  storageBytes,
  type PickleStorage,
  type PickleValue,
} from '../pickle/values.ts';
import { pickledTensorFile } from './pickled-tensors.ts';
import type { LocateStorage } from './pickled-tensors.ts';
import { invalidCheckpoint, printableName } from '../problems.ts';
import type { TensorFile } from '../tensor-file.ts';
import { pickleLimit } from './torch-zip.ts';
import { pytorchText } from '../../../text/index.ts';

/**
 * Checkpoints as written by PyTorch before 1.6, and on request since then: five pickles one after the other (a magic
 * number, the version, the system, the checkpoint, the keys of its storages), then every storage as the number of its
 * elements and their bytes (torch/serialization.py, `_legacy_save`).
 */

const magicNumber = 0x1950a86a20f9469cfc6cn;
const version = 1001;

/** @throws UserError 'unsupported', 'too-large', 'invalid-file' or 'disk'; `source` is then still open */
export async function torchLegacy(source: FileSource): Promise<TensorFile> {
  const { path } = source;
  // The pickles come first and do not state their lengths.
  const head = await source.head(pickleLimit);
  const magic = unpickle(head, path, noPersistent);
  if (magic.value !== magicNumber) throw otherPickle(path);
  const protocol = unpickle(head, path, noPersistent, { start: magic.end });
  if (protocol.value !== version) {
    throw invalidCheckpoint(path, pytorchText.unknownVersion);
  }
  const system = unpickle(head, path, noPersistent, { start: protocol.end });
  requireLittleEndian(system.value, path);
  const storages = new Map<string, PickleStorage>();
  const root = unpickle(
    head,
    path,
    (id, machine) => {
      const storage = storageOf(id, machine);
      keepStorage(storages, storage, path);
      return storage;
    },
    { start: system.end },
  );
  const keys = unpickle(head, path, noPersistent, { start: root.end });
  const places = await placesOf(source, keys.value, keys.end, storages);
  const locate: LocateStorage = ({ key, dtype, first }) => {
    const place = places.get(key);
    if (place === undefined)
      throw invalidCheckpoint(path, pytorchText.storageMissing(printableName(key)));
    return place + first * storageBytes[dtype];
  };
  return pickledTensorFile(source, root.value, locate, pytorchText.oldPickle);
}

function requireLittleEndian(system: PickleValue, path: string): void {
  if (!isDict(system)) throw invalidCheckpoint(path, pytorchText.noMachine);
  if (system.entries.get('little_endian') !== false) return;
  throw new UserError('unsupported', pytorchText.bigEndian(path));
}

/** Records a storage. Its length follows from its type, so each key has one type and length. */
function keepStorage(
  storages: Map<string, PickleStorage>,
  storage: PickleStorage,
  path: string,
): void {
  const known = storages.get(storage.key) ?? storage;
  if (known.dtype !== storage.dtype || known.total !== storage.total) {
    throw invalidCheckpoint(path, pytorchText.storageOfTwoTypes(printableName(storage.key)));
  }
  storages.set(storage.key, known);
}

/** Finds the offset of each storage's values. */
async function placesOf(
  source: FileSource,
  keys: PickleValue,
  start: number,
  storages: ReadonlyMap<string, PickleStorage>,
): Promise<ReadonlyMap<string, number>> {
  const { path } = source;
  if (!isSequence(keys)) throw invalidCheckpoint(path, pytorchText.noStorages);
  const places = new Map<string, number>();
  let position = start;
  for (const key of keys.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined || places.has(storage.key)) {
      throw invalidCheckpoint(path, pytorchText.storageRepeated);
    }
    const count = await readCount(source, position);
    if (count !== BigInt(storage.total)) {
      const name = printableName(storage.key);
      throw invalidCheckpoint(path, pytorchText.storageOfOtherLength(name, count, storage.total));
    }
    places.set(storage.key, position + 8);
    position += 8 + storage.total * storageBytes[storage.dtype];
  }
  if (position > source.size) {
    throw invalidCheckpoint(path, pytorchText.cutShort(source.size, position));
  }
  return places;
}

async function readCount(source: FileSource, position: number): Promise<bigint> {
  if (position + 8 > source.size) {
    throw invalidCheckpoint(source.path, pytorchText.cutBeforeStorages);
  }
  const { buffer } = await source.read(position, 8);
  return new DataView(buffer).getBigInt64(0, true);
}

function otherPickle(path: string): UserError {
  return new UserError('unsupported', pytorchText.otherPickle(path));
}
