import { UserError } from '../../../core/errors.ts';
import { elementCount } from '../../../core/tensor.ts';
import type { Bytes } from '../../raster/file-source.ts';
import { widen, type ReadableDtype } from '../../safetensors/safetensors-values.ts';
import { storageBytes, type PickleTensor } from '../pickle/values.ts';
import { printableName } from '../problems.ts';
import { pytorchText } from '../../../text/index.ts';

/** Number of values that are converted at a time: at most 8 MiB of stored words in addition to the result. */
const chunkLength = 2 ** 20;

const limits = {
  /** Number of values that a view of unusual strides may span: 256 MiB in memory in addition to the result. */
  span: 2 ** 26,
  /** Maximum number of values of a tensor that repeats stored values, so that a few bytes do not become gigabytes. */
  repeated: 2 ** 26,
};

/**
 * Reads the values of a tensor as float32 in row-major order.
 *
 * @param source the file
 * @param start offset of its storage in the file
 * @param name for messages
 * @throws UserError 'too-large' if its strides would take too much memory, and as `source` throws
 */
export async function readView(
  source: Bytes,
  start: number,
  tensor: PickleTensor & { readonly dtype: ReadableDtype },
  name: string,
): Promise<Float32Array> {
  const { dtype, offset, shape } = tensor;
  const length = elementCount(shape);
  if (length === 0) return new Float32Array(0);
  const first = start + offset * storageBytes[dtype];
  if (isRowMajor(tensor)) return readRun(source, first, length, dtype);
  const span = spanOf(tensor);
  if (span > limits.span || length > Math.max(span, limits.repeated)) {
    throw new UserError('too-large', pytorchText.viewTooLarge(printableName(name), length, span));
  }
  return gather(await readRun(source, first, span, dtype), tensor, length);
}

/** Returns true if the values are contiguous. Strides of axes of length 1 do not matter. */
function isRowMajor({ shape, strides }: PickleTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/** Returns the number of values from the first to the last, including those between. */
function spanOf({ shape, strides }: PickleTensor): number {
  return shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 1);
}

/** Copies the values of a view into contiguous order, the last axis varying fastest. */
function gather(
  stored: Float32Array,
  { shape, strides }: PickleTensor,
  length: number,
): Float32Array {
  const result = new Float32Array(length);
  const inner = shape.at(-1) ?? 1;
  const innerStride = strides.at(-1) ?? 0;
  const outer = shape.slice(0, -1);
  const place = outer.map(() => 0);
  let from = 0;
  for (let to = 0; to < length; to += inner) {
    for (let i = 0; i < inner; i++) result[to + i] = stored[from + i * innerStride] ?? NaN;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const next = (place[axis] ?? 0) + 1;
      const stride = strides[axis] ?? 0;
      if (next < (outer[axis] ?? 0)) {
        place[axis] = next;
        from += stride;
        break;
      }
      place[axis] = 0;
      from -= (next - 1) * stride;
    }
  }
  return result;
}

/** Reads contiguous values. The platforms this runs on are little-endian, as the files are. */
async function readRun(
  source: Bytes,
  start: number,
  length: number,
  dtype: ReadableDtype,
): Promise<Float32Array> {
  const bytes = storageBytes[dtype];
  if (dtype === 'F32') return new Float32Array((await source.read(start, length * bytes)).buffer);
  const result = new Float32Array(length);
  for (let first = 0; first < length; first += chunkLength) {
    const target = result.subarray(first, first + chunkLength);
    const { buffer } = await source.read(start + first * bytes, target.length * bytes);
    if (dtype === 'F64') target.set(new Float64Array(buffer));
    else widen(new Uint16Array(buffer), dtype, target);
  }
  return result;
}
