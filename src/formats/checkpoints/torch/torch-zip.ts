import { UserError } from '../../../core/errors.ts';
import type { FileSource } from '../../raster/file-source.ts';
import { readArchive, type Archive } from './archive.ts';
import { storageOf } from '../pickle/tensors.ts';
import { unpickle } from '../pickle/unpickle.ts';
import { storageBytes, type PickleStorage } from '../pickle/values.ts';
import { pickledTensorFile } from './pickled-tensors.ts';
import type { LocateStorage } from './pickled-tensors.ts';
import { invalidCheckpoint, printableName } from '../problems.ts';
import type { TensorFile } from '../tensor-file.ts';
import { pytorchText } from '../../../text/index.ts';

/**
 * Checkpoints as written by PyTorch since 1.6: a ZIP archive with one folder, which contains `data.pkl`, a pickle that
 * lists the tensors, and `data/0`, `data/1`, … with their values (torch/serialization.py,
 * caffe2/serialize/inline_container.h). TorchScript has the same files and a program: there the pickle contains the
 * model's modules, whose attributes are its weights (torch/csrc/jit/serialization/pickler.cpp).
 */

/** Maximum size of a pickle, bytes; the largest models, including their optimisers, need half a million. */
export const pickleLimit = 2 ** 24;

/** @throws UserError 'unsupported', 'too-large', 'invalid-file' or 'disk'; `source` is then still open */
export async function torchZip(source: FileSource): Promise<TensorFile> {
  const { path } = source;
  const archive = await readArchive(source);
  const folder = folderOf(archive, path);
  await requireLittleEndian(source, archive, folder);
  const pickle = await readPart(source, archive, `${folder}/data.pkl`, pickleLimit);
  const isScript = hasProgram(archive);
  const { value } = unpickle(pickle, path, storageOf, { isScript });
  const place: LocateStorage = (storage) => locate(archive, folder, storage, path);
  const container = isScript ? 'TorchScript' : pytorchText.archive;
  return pickledTensorFile(source, value, place, container);
}

/** Returns the only folder of the archive. If it is not a checkpoint, the error says what it is. */
function folderOf({ lengths }: Archive, path: string): string {
  const names = [...lengths.keys()];
  const pickles = names.filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  const [pickle, second] = pickles;
  if (pickle === undefined || second !== undefined) throw otherArchive(names, path);
  return pickle.slice(0, -'/data.pkl'.length);
}

/**
 * Returns true if the archive has code, which `torch.jit.save` writes in addition to a model's attributes; none of it
 * is read.
 */
function hasProgram({ lengths }: Archive): boolean {
  return [...lengths.keys()].some((name) => /^[^/]*\/(?:constants\.pkl$|code\/)/.test(name));
}

function otherArchive(names: readonly string[], path: string): UserError {
  const isNumpy = names.some((name) => name.endsWith('.npy'));
  const first = printableName(names[0] ?? pytorchText.nothing);
  return new UserError(
    'unsupported',
    isNumpy ? pytorchText.numpyArchive(path) : pytorchText.otherArchive(path, first),
  );
}

/** Files without this entry were written before it was introduced, and are little-endian. */
async function requireLittleEndian(
  source: FileSource,
  archive: Archive,
  folder: string,
): Promise<void> {
  const name = `${folder}/byteorder`;
  if (!archive.lengths.has(name)) return;
  const order = Buffer.from(await readPart(source, archive, name, 16)).toString('latin1');
  if (order.trim() === 'little') return;
  throw new UserError('unsupported', pytorchText.otherByteOrder(source.path, printableName(order)));
}

async function readPart(
  source: FileSource,
  archive: Archive,
  name: string,
  limit: number,
): Promise<Uint8Array> {
  const length = archive.lengths.get(name) ?? 0;
  if (length > limit) {
    throw new UserError(
      'too-large',
      pytorchText.entryTooLong(source.path, printableName(name), length),
    );
  }
  return source.read(await archive.locate(name), length);
}

async function locate(
  archive: Archive,
  folder: string,
  { key, dtype, total, first }: PickleStorage,
  path: string,
): Promise<number> {
  const name = `${folder}/data/${key}`;
  const start = await archive.locate(name);
  const length = archive.lengths.get(name) ?? 0;
  const bytes = storageBytes[dtype];
  if (length !== total * bytes) {
    throw invalidCheckpoint(
      path,
      pytorchText.entryOfOtherLength(printableName(name), length, total * bytes),
    );
  }
  return start + first * bytes;
}
