import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError, type ErrorCode } from '../../core/errors.ts';
import { tensor, type Tensor } from '../../core/tensor.ts';
import {
  encodeSafetensors,
  openSafetensors,
  readSafetensors,
  writeSafetensors,
  type FloatDtype,
} from './safetensors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file from a header, given as text or value, and data. */
function fileBytes(header: unknown, data: Uint8Array | number = 0): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, typeof data === 'number' ? Buffer.alloc(data) : data]);
}

async function fileOf(bytes: Uint8Array, name = 'model.safetensors'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const entry = (dtype: string, shape: unknown, ...data_offsets: unknown[]): object => ({
  dtype,
  shape,
  data_offsets,
});

describe('reading', () => {
  test('values of each float type, from bytes written by hand', async () => {
    // 1.5 and -2 as float32, float16 and bfloat16 (IEEE 754; bfloat16 is float32's upper half).
    const data = Uint8Array.of(
      ...[0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0],
      ...[0, 0x3e, 0, 0xc0],
      ...[0xc0, 0x3f, 0, 0xc0],
    );
    const header = {
      __metadata__: { format: 'pt' },
      single: entry('F32', [2], 0, 8),
      half: entry('F16', [1, 2], 8, 12),
      brain: entry('BF16', [2, 1], 12, 16),
    };
    // Padding by spaces is allowed, and data need no alignment.
    const path = await fileOf(fileBytes(`${JSON.stringify(header)} `, data));
    const { tensors, metadata } = await readSafetensors(path);
    expect(metadata).toEqual({ format: 'pt' });
    const values = Float32Array.of(1.5, -2);
    expect(tensors).toEqual(
      new Map<string, Tensor>([
        ['single', { shape: [2], data: values }],
        ['half', { shape: [1, 2], data: values }],
        ['brain', { shape: [2, 1], data: values }],
      ]),
    );
  });

  test.each([
    ['PyTorch zip', [0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0], /zip archive/],
    ['PyTorch pickle', [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9], /old pickle form/],
    ['Keras', [0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10], /HDF5/],
    ['gzip', [0x1f, 0x8b, 8, 0, 1, 2, 3, 4], /gzip/],
  ])('%s: refused by its kind, with advice', async (_, bytes, kind) => {
    const path = await fileOf(Uint8Array.from(bytes));
    const refusal = openSafetensors(path);
    await expect(refusal).rejects.toMatchObject({ code: 'unsupported' });
    await expect(refusal).rejects.toThrow(kind);
    await expect(refusal).rejects.toThrow(/Save the model as safetensors/);
  });

  test('rounds double precision to the nearest float32, over several chunks', async () => {
    const length = 2 ** 20 + 3;
    const values = Float64Array.from({ length }, (_, i) => (i % 2039) + 0.1);
    values.set([0.1, 1e300, -0, NaN]);
    const header = { x: entry('F64', [length], 0, 8 * length) };
    const path = await fileOf(fileBytes(header, new Uint8Array(values.buffer)));
    const { tensors } = await readSafetensors(path);
    expect(
      Buffer.compare(bytesOf(tensors.get('x')?.data), bytesOf(Float32Array.from(values))),
    ).toBe(0);
    expect(tensors.get('x')?.data.subarray(0, 2)).toEqual(Float32Array.of(0.1, Infinity));
  });

  test('lists other types, and refuses to read them', async () => {
    const header = { steps: entry('I64', [], 0, 8), scale: entry('F32', [], 8, 12) };
    const file = await openSafetensors(await fileOf(fileBytes(header, 12)));
    try {
      expect(file.tensors.get('steps')).toMatchObject({ dtype: 'I64', shape: [] });
      expect(await file.read('scale')).toEqual({ shape: [], data: Float32Array.of(0) });
      await expect(file.read('steps')).rejects.toMatchObject({ code: 'unsupported' });
      await expect(file.read('other')).rejects.toMatchObject({ code: 'invalid-file' });
    } finally {
      await file.close();
    }
  });

  test('accepts a tensor without values at the position of the next', async () => {
    const header = { x: entry('F32', [1], 0, 4), none: entry('F32', [2, 0], 0, 0) };
    const { tensors } = await readSafetensors(await fileOf(fileBytes(header, 4)));
    expect(tensors.get('none')).toEqual({ shape: [2, 0], data: new Float32Array(0) });
  });

  test('accepts any name of metadata', async () => {
    const path = await fileOf(fileBytes('{"__metadata__":{"__proto__":"x","constructor":"y"}}'));
    const { metadata } = await readSafetensors(path);
    expect(Object.entries(metadata)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  test('refuses a file that shrinks after it was opened', async () => {
    const path = await fileOf(fileBytes({ x: entry('F16', [8], 0, 16) }, 16));
    const file = await openSafetensors(path);
    try {
      await truncate(path, 40);
      await expect(file.read('x')).rejects.toMatchObject({ code: 'invalid-file' });
    } finally {
      await file.close();
    }
  });

  test('reads many half-precision values, over several chunks', async () => {
    const data = Float32Array.from({ length: 2 ** 22 + 3 }, (_, i) => i % 2039);
    const path = join(folder, 'long.safetensors');
    await writeSafetensors(path, new Map([['x', tensor([data.length], data)]]), { dtype: 'F16' });
    const { tensors } = await readSafetensors(path);
    expect(Buffer.compare(bytesOf(tensors.get('x')?.data), bytesOf(data))).toBe(0);
  });
});

function bytesOf(data: Float32Array | undefined): Uint8Array {
  return new Uint8Array(data?.buffer ?? new ArrayBuffer(0));
}

describe('refusals', () => {
  const x = (...rest: Parameters<typeof entry>): object => ({ x: entry(...rest) });
  const hugeLength = Buffer.from([255, 255, 255, 255, 255, 255, 255, 127, 123, 125]);
  const cases: [name: string, bytes: Uint8Array, words: RegExp, code?: ErrorCode][] = [
    ['empty file', Buffer.alloc(0), /only 0 bytes/],
    ['no header', Buffer.alloc(7), /only 7 bytes/],
    ['header of no bytes', fileBytes(''), /not JSON/],
    [
      'header beyond the file',
      Buffer.concat([fileBytes({}), Buffer.alloc(0)]).fill(9, 0, 1),
      /ends/,
    ],
    ['header beyond the limit', hugeLength, /claims/],
    ['garbage', Buffer.from('this is no checkpoint at all'), /claims/],
    ['Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /LFS/],
    ['text that is no JSON', fileBytes('{"x":'), /not JSON/],
    ['bytes that are no UTF-8', fileBytes('{}').fill(255, 8), /not JSON/],
    ['deep nesting', fileBytes('['.repeat(100_000)), /not JSON/],
    ['array', fileBytes([]), /not a JSON object/],
    ['null', fileBytes('null'), /not a JSON object/],
    ['metadata that are no texts', fileBytes({ __metadata__: { a: 1 } }), /metadata/],
    [
      'entry without shape',
      fileBytes({ x: { dtype: 'F32', data_offsets: [0, 0] } }),
      /"x" has no valid/,
    ],
    ['negative dimension', fileBytes(x('F32', [-1], 0, 4), 4), /"x" has no valid/],
    ['fractional dimension', fileBytes(x('F32', [0.5], 0, 2), 2), /"x" has no valid/],
    ['dimension beyond 2^53', fileBytes(x('F32', [2 ** 60], 0, 4), 4), /"x" has no valid/],
    ['negative offset', fileBytes(x('F32', [1], -4, 0), 4), /"x" has no valid/],
    ['three offsets', fileBytes(x('F32', [1], 0, 4, 8), 4), /"x" has no valid/],
    ['offsets in reverse', fileBytes(x('F32', [1], 4, 0), 4), /"x" is/],
    ['product beyond 2^53', fileBytes(x('U8', [2 ** 40, 2 ** 40], 0, 4), 4), /"x" is/],
    ['size unlike the shape', fileBytes(x('F32', [3], 0, 8), 8), /"x" is \(3\) of F32 but has 8/],
    ['size unlike the type', fileBytes(x('F16', [2], 0, 8), 8), /"x" is/],
    ['half a byte', fileBytes(x('F4', [1], 0, 1), 1), /"x" is/],
    ['data cut short', fileBytes(x('F32', [2], 0, 8), 7), /cut short/],
    ['data too long', fileBytes(x('F32', [2], 0, 8), 9), /bytes 8 to 9 do not belong to a tensor/],
    ['hole before the first', fileBytes(x('F32', [1], 4, 8), 8), /bytes 0 to 4/],
    [
      'overlap',
      fileBytes({ x: entry('F32', [2], 0, 8), y: entry('F32', [1], 4, 8) }, 8),
      /"y" overlaps/,
    ],
    [
      'the same place twice',
      fileBytes({ x: entry('F32', [1], 0, 4), y: entry('F32', [1], 0, 4) }, 4),
      /overlaps/,
    ],
    [
      'a name given twice',
      fileBytes(
        '{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
        8,
      ),
      /bytes 0 to 4 do not belong to a tensor/,
    ],
    ['unknown type', fileBytes(x('F33', [1], 0, 4), 4), /"F33"/, 'unsupported'],
    ['type from the prototype', fileBytes(x('toString', [1], 0, 4), 4), /toString/, 'unsupported'],
    [
      'too many tensors',
      fileBytes(Object.fromEntries(Array.from({ length: 100_001 }, (_, i) => [`t${i}`, 0]))),
      /more than 100000 tensors/,
    ],
  ];

  test.each(cases)('%s', async (_name, bytes, pattern, code = 'invalid-file') => {
    const path = await fileOf(bytes);
    await expect(openSafetensors(path)).rejects.toMatchObject({ name: 'UserError', code });
    await expect(openSafetensors(path)).rejects.toThrow(pattern);
    await expect(openSafetensors(path)).rejects.toThrow(path);
  });

  test('refuses a missing file and a folder', async () => {
    const missing = join(folder, 'missing');
    await expect(openSafetensors(missing)).rejects.toMatchObject({ code: 'not-found' });
    await expect(openSafetensors(folder)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test('returns a UserError or a result for mutated files', async () => {
    const original = Buffer.concat([
      ...encodeSafetensors(
        new Map([
          ['a', tensor([2, 3], new Float32Array(6))],
          ['b', tensor([0], new Float32Array(0))],
        ]),
        { metadata: { k: 'v' } },
      ),
    ]);
    const edit = fc.tuple(fc.nat(original.length - 1), fc.nat(255));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        fc.nat(original.length),
        async (edits, length) => {
          const bytes = Buffer.from(original);
          for (const [position, value] of edits) bytes[position] = value;
          // One file in two is cut as well.
          const path = await fileOf(length % 2 === 0 ? bytes : bytes.subarray(0, length));
          try {
            await readSafetensors(path);
          } catch (error) {
            refused++;
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(0);
  });
});

describe('writing', () => {
  test('writes the bytes of a small file', () => {
    const tensors = new Map([
      ['b', tensor([1], [2])],
      ['a', tensor([], [1.5])],
    ]);
    const bytes = Buffer.concat([...encodeSafetensors(tensors, { metadata: { by: 'me' } })]);
    const json =
      '{"__metadata__":{"by":"me"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
      '"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}';
    const padded = json.padEnd(Math.ceil(json.length / 8) * 8);
    const data = Buffer.from([0, 0, 0xc0, 0x3f, 0, 0, 0, 0x40]);
    expect(bytes).toEqual(fileBytes(padded, data));
  });

  /** Stored words for float32 values: exact, ties to even both ways, overflow, subnormals, NaN. */
  const rounding: [dtype: FloatDtype, value: number, word: number][] = [
    ['BF16', 1, 0x3f80],
    ['BF16', 1 + 2 ** -8, 0x3f80],
    ['BF16', 1 + 3 * 2 ** -8, 0x3f82],
    ['BF16', 1 + 2 ** -8 + 2 ** -20, 0x3f81],
    ['BF16', -1 - 2 ** -8 - 2 ** -20, 0xbf81],
    ['BF16', 3.4028234663852886e38, 0x7f80],
    ['BF16', -Infinity, 0xff80],
    ['BF16', 2 ** -133, 0x0001],
    ['BF16', -0, 0x8000],
    ['F16', 1, 0x3c00],
    ['F16', 1 + 2 ** -11, 0x3c00],
    ['F16', 1 + 3 * 2 ** -11, 0x3c02],
    ['F16', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ['F16', 65519.99609375, 0x7bff],
    ['F16', 65520, 0x7c00],
    ['F16', 2 ** -24, 0x0001],
    ['F16', 2 ** -25, 0x0000],
  ];
  test.each(rounding)('%s of %f', (dtype, value, word) => {
    const [, data] = [...encodeSafetensors(new Map([['x', tensor([1], [value])]]), { dtype })];
    expect([...(data ?? [])]).toEqual([word & 255, word >> 8]);
  });

  test.each(['F16', 'BF16'] as const)('%s keeps every kind of NaN', async (dtype) => {
    // Signalling, quiet, negative, and the one whose rounding would carry into the exponent.
    const words = Uint32Array.of(0x7f800001, 0x7fc00000, 0xffffffff, 0x7fffffff);
    const values = new Float32Array(words.buffer);
    const path = join(folder, 'nan.safetensors');
    await writeSafetensors(path, new Map([['x', tensor([4], values)]]), { dtype });
    const { tensors } = await readSafetensors(path);
    expect([...(tensors.get('x')?.data ?? [])]).toEqual([NaN, NaN, NaN, NaN]);
  });

  test('refuses the name of the metadata and a wrong shape', () => {
    const one = tensor([1], [1]);
    expect(() => [...encodeSafetensors(new Map([['__metadata__', one]]))]).toThrow(/names no/);
    const wrong = { shape: [2], data: one.data };
    expect(() => [...encodeSafetensors(new Map([['x', wrong]]))]).toThrow(/x is \(2\)/);
  });

  test('writes only the part of a view into a larger array', async () => {
    const part = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    for (const dtype of ['F32', 'F16', 'BF16'] as const) {
      const path = join(folder, 'view.safetensors');
      await writeSafetensors(path, new Map([['x', { shape: [2], data: part }]]), { dtype });
      const { tensors } = await readSafetensors(path);
      expect([...(tensors.get('x')?.data ?? [])]).toEqual([2, 3]);
    }
  });

  test('reads its files bit for bit, and writes them the same again', async () => {
    const shape = fc.array(fc.nat(4), { maxLength: 4 });
    const arbitrary = shape.chain((sizes) => {
      const length = sizes.reduce((product, n) => product * n, 1);
      const values = fc.float32Array({ minLength: length, maxLength: length });
      return values.map((data) => tensor(sizes, data));
    });
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('__proto__', 'constructor', '0', '10', 'blocks.0.attn.qkv.weight'),
    );
    const path = join(folder, 'round-trip.safetensors');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(name, arbitrary), { maxLength: 5 }),
        fc.dictionary(fc.string(), fc.string(), { maxKeys: 3, noNullPrototype: true }),
        async (entries, metadata) => {
          const tensors = new Map(entries);
          await writeSafetensors(path, tensors, { metadata });
          const read = await readSafetensors(path);
          expect(new Set(read.tensors.keys())).toEqual(new Set(tensors.keys()));
          expect(read.metadata).toEqual(metadata);
          for (const [key, { shape: sizes, data }] of tensors) {
            expect(read.tensors.get(key)?.shape).toEqual(sizes);
            expect(read.tensors.get(key)?.data).toEqual(data);
          }
          const again = Buffer.concat([...encodeSafetensors(read.tensors, { metadata })]);
          expect(again).toEqual(await readFile(path));
        },
      ),
      { numRuns: 100 },
    );
  });
});
