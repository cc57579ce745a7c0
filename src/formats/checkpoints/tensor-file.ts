import type { Shape } from '../../core/graph/ops.ts';
import type { Tensor } from '../../core/tensor.ts';

/** Named tensors of an open checkpoint, in whatever container they lie, read one by one. */
export interface TensorFile {
  /** As it was given: a file, or for several shards their index. */
  readonly path: string;
  /** What holds the tensors, for people: `safetensors`. */
  readonly container: string;
  /** All files that they lie in, an index not among them. */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorFacts>;
  /** What the file says besides, as text. */
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
  /** As safetensors spells it: F32, BF16, I64. */
  readonly dtype: string;
  readonly shape: Shape;
}
