import { UserError } from '../../../core/errors.ts';
import type { FileSource } from '../../raster/file-source.ts';
import { isReadable } from '../../safetensors/safetensors-values.ts';
import { unreadableType } from '../../safetensors/safetensors.ts';
import { flatten } from './flatten.ts';
import type { PickleStorage, PickleTensor, PickleValue } from '../pickle/values.ts';
import { printable } from '../problems.ts';
import { readView } from './tensor-views.ts';
import type { TensorFacts, TensorFile } from '../tensor-file.ts';
import { pytorchText } from '../../../text/index.ts';

/** The first byte of a storage in the file; throws where there is no such storage, or not as long. */
export type LocateStorage = (storage: PickleStorage) => number | Promise<number>;

/**
 * A checkpoint of PyTorch's whose pickle is interpreted already. Its tensors are read as float32: F64 is
 * rounded, types other than floating-point ones are refused. It closes `source`.
 *
 * @param container what to call it, for people
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
      if (!isReadable(dtype)) throw unreadableType(path, printable(name), dtype);
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
