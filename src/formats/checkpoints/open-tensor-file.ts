import { openSafetensors } from '../safetensors.ts';
import type { TensorFile } from './tensor-file.ts';

/** Opens a checkpoint, in whatever container it lies. */
export function openTensorFile(path: string): Promise<TensorFile> {
  return openSafetensors(path);
}
