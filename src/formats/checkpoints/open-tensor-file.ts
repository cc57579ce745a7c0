import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { readFailure } from '../files/file-errors.ts';
import { FileSource } from '../raster/file-source.ts';
import { openSafetensors } from '../safetensors/safetensors.ts';
import { fileKind, headLength, tailLength, type FileKind, type OtherKind } from './file-kind.ts';
import { printableName } from './problems.ts';
import { isShardIndex, openSharded } from './sharded.ts';
import type { TensorFile } from './tensor-file.ts';
import { torchLegacy } from './torch/torch-legacy.ts';
import { torchZip } from './torch/torch-zip.ts';
import { checkpointText } from '../../text/index.ts';

/**
 * Default names of weights in a folder in Hugging Face's libraries and OpenCLIP, in the order in which they are tried.
 */
const namesInFolder = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
  'open_clip_model.safetensors',
  'open_clip_pytorch_model.bin',
];

/** Maximum size of an index, bytes; those of the largest models have one or two million. */
const indexLimit = 2 ** 24;

/**
 * Opens a checkpoint in any supported container: safetensors, both PyTorch formats, the index of several files, or a
 * folder with one of those under its default name. The content decides, not the name. Nothing in it is executed, and no
 * values are read yet. The caller closes it.
 *
 * @throws UserError 'not-found', 'disk', 'invalid-file' (damaged, or not a file), 'too-large' (larger than any
 *   checkpoint) or 'unsupported' (another kind of file, which the message names, or Python objects in addition to
 *   weights)
 */
export async function openTensorFile(path: string): Promise<TensorFile> {
  const found = await stat(path).catch((error: unknown) => {
    throw readFailure(error, path);
  });
  return openFile(found.isDirectory() ? await weightsIn(path) : path, true);
}

/** @param mayBeIndex false for the files that an index lists */
async function openFile(path: string, mayBeIndex: boolean): Promise<TensorFile> {
  const source = await FileSource.open(path);
  try {
    const kind = await kindOf(source);
    // Both PyTorch readers keep reading from the source, and close it.
    if (kind.container === 'zip') return await torchZip(source);
    if (kind.container === 'pickle') return await torchLegacy(source);
    const file = await openOther(source, kind, mayBeIndex);
    await source.close();
    return file;
  } catch (error) {
    await source.close();
    throw error;
  }
}

function openOther(
  source: FileSource,
  kind: Exclude<FileKind, { readonly container: 'zip' | 'pickle' }>,
  mayBeIndex: boolean,
): Promise<TensorFile> {
  if (kind.container === 'safetensors') return openSafetensors(source.path);
  if (kind.container === null) throw otherKind(source.path, kind);
  return openIndex(source, mayBeIndex);
}

async function kindOf(source: FileSource): Promise<FileKind> {
  const head = await source.head(headLength);
  const length = Math.min(tailLength, source.size);
  const tail = await source.read(source.size - length, length);
  return fileKind(head, tail, source.size, source.path);
}

async function openIndex(source: FileSource, mayBeIndex: boolean): Promise<TensorFile> {
  const { path, size } = source;
  if (mayBeIndex && size <= indexLimit) {
    const text = Buffer.from(await source.read(0, size)).toString('utf8');
    if (isShardIndex(text)) return openSharded(path, text, (shard) => openFile(shard, false));
  }
  throw new UserError('unsupported', checkpointText.otherJson(path));
}

function otherKind(path: string, { looksLike, advice }: OtherKind): UserError {
  return new UserError('unsupported', checkpointText.otherKind(path, looksLike, advice));
}

/** The file with the weights in a folder. */
async function weightsIn(folder: string): Promise<string> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw readFailure(error, folder);
  });
  const name = namesInFolder.find((each) => names.includes(each));
  if (name !== undefined) return join(folder, name);
  if (names.includes('saved_model.pb')) {
    throw new UserError('unsupported', checkpointText.tensorFlowFolder(folder));
  }
  const found = names.slice(0, 3).map(printableName);
  throw new UserError(
    'not-found',
    checkpointText.noWeights(folder, { found, expected: namesInFolder }),
  );
}
