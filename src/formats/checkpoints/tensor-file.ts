import type { Shape } from '../../core/graph/ops.ts';
import type { Tensor } from '../../core/tensor.ts';

/** Named tensors of an open checkpoint in any container, read one by one. */
export interface TensorFile {
  /** Path as given: a file, or the index of several shards. */
  readonly path: string;
  /** Name of the container, for messages: `safetensors`. */
  readonly container: string;
  /** Files that contain the tensors, without the index. */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorFacts>;
  /** Other metadata of the file, as text. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads the values of a tensor as float32, whatever its strides in the file. F64 is rounded.
   *
   * @throws UserError 'invalid-file' if there is no such tensor or the file has changed since it was opened,
   * 'unsupported' for types other than F32, F16, BF16 and F64
   */
  read(name: string): Promise<Tensor>;
  close(): Promise<void>;
}

export interface TensorFacts {
  /** Type as named in safetensors: F32, BF16, I64. */
  readonly dtype: string;
  readonly shape: Shape;
}
