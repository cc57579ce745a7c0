import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReadableDtype } from '../../safetensors/safetensors-values.ts';
import type { PickleTensor } from '../pickle/values.ts';
import { readView } from './tensor-views.ts';

type View = PickleTensor & { readonly dtype: ReadableDtype };

function viewOf(
  dtype: ReadableDtype,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): View {
  const storage = { kind: 'storage', dtype, key: '0', total: 0, first: 0, count: 0 } as const;
  return { kind: 'tensor', storage, dtype, offset, shape, strides };
}

/** Three other bytes, then values in `dtype`. */
function sourceOf(dtype: ReadableDtype, values: readonly number[]): Uint8Array {
  const stored =
    dtype === 'F32'
      ? Float32Array.from(values)
      : dtype === 'F64'
        ? Float64Array.from(values)
        : dtype === 'F16'
          ? Float16Array.from(values)
          : Uint16Array.from(
              new Uint32Array(Float32Array.from(values).buffer),
              (bits) => bits >> 16,
            );
  return Buffer.concat([Buffer.alloc(3, 7), new Uint8Array(stored.buffer)]);
}

function read(bytes: Uint8Array, view: View): Promise<Float32Array> {
  const source = {
    read: (start: number, length: number) =>
      Promise.resolve(new Uint8Array(bytes.subarray(start, start + length))),
  };
  return readView(source, 3, view, 'x');
}

/** Reads a view by its definition, one value after another. */
function witness(values: readonly number[], { offset, shape, strides }: View): number[] {
  return shape
    .reduce<number[]>(
      (places, size, axis) =>
        places.flatMap((place) =>
          Array.from({ length: size }, (_, i) => place + i * (strides[axis] ?? 0)),
        ),
      [offset],
    )
    .map((place) => values[place] ?? NaN);
}

const dtypes = ['F32', 'F16', 'BF16', 'F64'] as const;
/** Values that are exact in all of the types. */
const values = Array.from({ length: 128 }, (_, i) => (i - 40) / 2);

describe('views', () => {
  test.each([
    ['row-major', 0, [2, 3], [3, 1]],
    ['with an offset', 5, [2, 3], [3, 1]],
    ['of one axis of length 1 with any stride', 1, [1, 4], [99, 1]],
    ['transposed', 2, [4, 5], [1, 4]],
    ['permuted', 0, [2, 3, 4], [1, 8, 2]],
    ['expanded', 3, [4, 2, 3], [0, 1, 0]],
    ['sliced with steps', 1, [3, 4], [20, 2]],
    ['overlapping', 0, [5, 4], [2, 1]],
    ['of one value', 7, [], []],
    ['of one value repeated', 7, [3], [0]],
    ['of no values', 0, [0, 4], [4, 1]],
  ] as const)('%s', async (_, offset, shape, strides) => {
    for (const dtype of dtypes) {
      const view = viewOf(dtype, offset, shape, strides);
      expect([...(await read(sourceOf(dtype, values), view))]).toEqual(witness(values, view));
    }
  });

  // oxfmt-ignore
  test('are read with any strides', async () => {
    const axis = fc.tuple(fc.nat(4), fc.nat(8));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...dtypes),
        fc.nat(10),
        fc.array(axis, { maxLength: 3 }),
        async (dtype, offset, axes) => {
          const shape = axes.map(([size]) => size);
          const view = viewOf(dtype, offset, shape, axes.map(([, stride]) => stride));
          expect([...(await read(sourceOf(dtype, values), view))]).toEqual(witness(values, view));
        },
      ),
    );
  });

  test('F64 is rounded to the nearest float32', async () => {
    const data = await read(sourceOf('F64', [0.1, 1e300]), viewOf('F64', 0, [2], [1]));
    expect([...data]).toEqual([Math.fround(0.1), Infinity]);
  });

  test('are read if longer than a piece', async () => {
    const many = Array.from({ length: 2 ** 20 + 3 }, (_, i) => i % 1_000);
    const data = await read(sourceOf('F16', many), viewOf('F16', 1, [2 ** 20 + 2], [1]));
    expect(data.every((value, i) => value === (i + 1) % 1_000)).toBe(true);
  });
});

describe('limits', () => {
  test.each([
    ['a few values far apart', [2, 2], [2 ** 27, 1]],
    ['one value repeated', [2 ** 20, 2 ** 20], [0, 0]],
  ] as const)('%s', async (_, shape, strides) => {
    const view = viewOf('F32', 0, shape, strides);
    await expect(read(new Uint8Array(8), view)).rejects.toThrow(
      /^Tensor x is a view .* Call "\.contiguous\(\)" on it before saving\.$/,
    );
  });
});
