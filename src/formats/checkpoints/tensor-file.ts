import type { Shape } from '../../core/graph/ops.ts';
import type { Tensor } from '../../core/tensor.ts';

/** Named tensors of an open checkpoint, in whatever container they lie, read one by one. */
export interface TensorFile {
  /** Path as given: a file, or the index of several shards. */
  readonly path: string;
  /** Name of the container, for people: `safetensors`. */
  readonly container: string;
  /** Files of the tensors, without an index. */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorFacts>;
  /** Other metadata of the file, as text. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * The values of a tensor as float32, whatever its strides in the file.
   *
   * @throws UserError 'invalid-file' when there is no such tensor or the file was changed meanwhile, 'unsupported' when
   * it holds anything but F32, F16, BF16 or F64, which is rounded
   */
  read(name: string): Promise<Tensor>;
  close(): Promise<void>;
}

export interface TensorFacts {
  /** Type as safetensors spells it: F32, BF16, I64. */
  readonly dtype: string;
  readonly shape: Shape;
}
