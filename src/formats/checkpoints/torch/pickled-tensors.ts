import { UserError } from '../../../core/errors.ts';
import type { FileSource } from '../../raster/file-source.ts';
import { isReadable } from '../../safetensors/safetensors-values.ts';
import { unreadableType } from '../../safetensors/safetensors.ts';
import { flatten } from './flatten.ts';
import type { PickleStorage, PickleTensor, PickleValue } from '../pickle/values.ts';
import { printableName } from '../problems.ts';
import { readView } from './tensor-views.ts';
import type { TensorFacts, TensorFile } from '../tensor-file.ts';
import { pytorchText } from '../../../text/index.ts';

/** Returns the offset of a storage's first byte in the file; throws if there is no such storage, or it is too short. */
export type LocateStorage = (storage: PickleStorage) => number | Promise<number>;

/**
 * Presents a PyTorch checkpoint, its pickle already interpreted, as a tensor file. Its tensors are read as float32: F64
 * is rounded, types other than floating-point ones are refused. It closes `source`.
 *
 * @param container its name, for messages
 * @throws UserError as `flatten`
 */
export function pickledTensorFile(
  source: FileSource,
  root: PickleValue,
  locate: LocateStorage,
  container: string,
): TensorFile {
  const { path } = source;
  const { tensors, metadata } = flatten(root, path);
  const facts = new Map<string, TensorFacts>();
  for (const [name, { dtype, shape }] of tensors) facts.set(name, { dtype, shape });
  return {
    path,
    container,
    files: [path],
    tensors: facts,
    metadata,
    read: async (name) => {
      const tensor = requireTensor(tensors, name, path);
      const { dtype, shape } = tensor;
      if (!isReadable(dtype)) throw unreadableType(path, printableName(name), dtype);
      const start = await locate(tensor.storage);
      return { shape, data: await readView(source, start, { ...tensor, dtype }, name) };
    },
    close: () => source.close(),
  };
}

function requireTensor(
  tensors: ReadonlyMap<string, PickleTensor>,
  name: string,
  path: string,
): PickleTensor {
  const tensor = tensors.get(name);
  if (tensor) return tensor;
  throw new UserError('invalid-file', pytorchText.noTensor(path, name));
}
