import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError, type ErrorCode } from '../../../core/errors.ts';
import { openTensorFile } from '../open-tensor-file.ts';
import {
  bytes,
  dict,
  floatStorage,
  made,
  named,
  persistent,
  pickled,
  tensorOf,
  torchEntries,
  tuple,
  zipOf,
  type Pickled,
  type Storage,
  type ZipEntry,
} from '../../testing/torch-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-torch-zip-'));
});
afterAll(() => rm(folder, { recursive: true }));

const storage = floatStorage('0', [1, 2, 3, 4, 5, 6]);
const model = dict({ model: dict({ weight: tensorOf(storage, [2, 3]) }), epoch: 7 });

async function fileOf(content: Uint8Array): Promise<string> {
  const path = join(folder, 'a.pth');
  await writeFile(path, content);
  return path;
}

async function readAll(content: Uint8Array): Promise<Record<string, number[]>> {
  const file = await openTensorFile(await fileOf(content));
  try {
    const values: Record<string, number[]> = {};
    for (const name of file.tensors.keys()) values[name] = [...(await file.read(name)).data];
    return values;
  } finally {
    await file.close();
  }
}

async function expectRefusal(content: Uint8Array, code: ErrorCode, message: RegExp): Promise<void> {
  const error: unknown = await readAll(content).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
}

/** The model with one of its entries replaced, or left out. */
function changed(name: string, change: Partial<ZipEntry> | null): Buffer {
  const entries = torchEntries(model, [storage]).flatMap((entry) =>
    entry.name !== name ? [entry] : change ? [{ ...entry, ...change }] : [],
  );
  return zipOf(entries);
}

describe('reading', () => {
  // oxfmt-ignore
  test.each([2, 4] as const)('protocol %i', async (protocol) => {
    const file = await openTensorFile(await fileOf(zipOf(torchEntries(model, [storage], protocol))));
    expect([...file.tensors]).toEqual([['model.weight', { dtype: 'F32', shape: [2, 3] }]]);
    expect(file.metadata).toEqual({ epoch: '7' });
    const { shape, data } = await file.read('model.weight');
    expect([shape, [...data]]).toEqual([[2, 3], [1, 2, 3, 4, 5, 6]]);
    await file.close();
    await expect(file.read('model.weight')).rejects.toThrow(/was closed/);
  });

  test('views of one storage', async () => {
    const root = dict({
      all: tensorOf(storage, [6]),
      transposed: tensorOf(storage, [3, 2], { strides: [1, 3] }),
      last: tensorOf(storage, [], { offset: 5 }),
      expanded: tensorOf(storage, [2, 2], { offset: 1, strides: [0, 1] }),
    });
    expect(await readAll(zipOf(torchEntries(root, [storage])))).toEqual({
      all: [1, 2, 3, 4, 5, 6],
      transposed: [1, 4, 2, 5, 3, 6],
      last: [6],
      expanded: [2, 3, 2, 3],
    });
  });

  test('storages larger than the part of a directory that is read at once', async () => {
    const large = floatStorage('0', Array<number>(2 ** 16).fill(8));
    const small = floatStorage('1', [9]);
    const root = dict({
      a: tensorOf(large, [1], { offset: 2 ** 16 - 1 }),
      b: tensorOf(small, [1]),
    });
    expect(await readAll(zipOf(torchEntries(root, [large, small])))).toEqual({ a: [8], b: [9] });
  });

  test('storages within storages, as in old files', async () => {
    const root = dict({ a: tensorOf(storage, [2], { part: tuple('1', 2, 3) }) });
    expect(await readAll(zipOf(torchEntries(root, [storage])))).toEqual({ a: [3, 4] });
  });

  test('tensors without values', async () => {
    const empty = floatStorage('0', []);
    const root = dict({
      a: tensorOf(empty, [4, 0], { strides: [1, 1] }),
      b: tensorOf(empty, [0, 4]),
    });
    expect(await readAll(zipOf(torchEntries(root, [empty])))).toEqual({ a: [], b: [] });
  });

  test('parameters, and tensors with attributes', async () => {
    const tensor = tensorOf(storage, [2]);
    const type = named('torch', 'Tensor');
    const rebuild = named('torch._utils', '_rebuild_parameter');
    const root = dict({
      a: made('torch._utils', '_rebuild_parameter', [tensor, true, dict({})]),
      b: made('torch._utils', '_rebuild_parameter_with_state', [tensor, true, dict({}), dict({})]),
      c: made('torch.nn.parameter', 'Parameter', [tensor, true]),
      d: made('torch._tensor', '_rebuild_from_type_v2', [rebuild, type, tuple(tensor), dict({})]),
    });
    const values = await readAll(zipOf(torchEntries(root, [storage])));
    expect(values).toEqual({ a: [1, 2], b: [1, 2], c: [1, 2], d: [1, 2] });
  });

  test('a type without a storage class', async () => {
    const id = tuple('storage', named('torch', 'UntypedStorage'), '0', 'cpu', 24);
    const type = named('torch', 'float32');
    const args = [persistent(id), 1, tuple(2), tuple(1), false, dict({}), type, null];
    const root = dict({ a: made('torch._utils', '_rebuild_tensor_v3', args) });
    expect(await readAll(zipOf(torchEntries(root, [storage])))).toEqual({ a: [2, 3] });
  });

  test.each(['Long', 'Bool', 'ComplexFloat'])('%s is listed, not read', async (type) => {
    const other: Storage = { key: '0', type, count: 1, data: Buffer.alloc(8) };
    const file = await openTensorFile(
      await fileOf(zipOf(torchEntries(dict({ a: tensorOf(other, [1]) }), [other]))),
    );
    expect(file.tensors.has('a')).toBe(true);
    await expect(file.read('a')).rejects.toThrow(/holds tensor "a" as (?:I64|BOOL|C64)\./);
    await expect(file.read('b')).rejects.toThrow(/has no tensor "b"/);
    await file.close();
  });

  test('without a byte order, as before 2.1', async () => {
    expect(await readAll(changed('archive/byteorder', null))).toHaveProperty(['model.weight']);
  });
});

describe('TorchScript', () => {
  // Saved from a GPU, as OpenAI's CLIP was.
  const id = tuple('storage', named('torch', 'FloatStorage'), '0', 'cuda:0', 6);
  const hooks = made('collections', 'OrderedDict');
  const rebuilt = [persistent(id), 0, tuple(2, 3), tuple(3, 1), false, hooks];
  const weight = made('torch._utils', '_rebuild_tensor_v2', rebuilt);
  const linear = made(
    '__torch__.torch.nn.modules.linear',
    'Linear',
    [],
    dict({ weight, training: false }),
  );
  const root = made('__torch__.a', 'Net', [], dict({ linear, again: linear, size: 2 }));
  const entries = torchEntries(root, [storage]);

  test.each([
    ['archive/constants.pkl', 0],
    // Programs are compressed.
    ['archive/code/a.py', 8],
  ])('is recognised by %s, and its modules contain the tensors', async (name, method) => {
    const content = zipOf([...entries, { name, data: bytes(''), method }]);
    const path = await fileOf(content);
    const file = await openTensorFile(path);
    expect(file.container).toBe('TorchScript');
    expect([...file.tensors.keys()]).toEqual(['linear.weight', 'again.weight']);
    expect(file.metadata).toEqual({
      'linear.training': 'false',
      'again.training': 'false',
      size: '2',
    });
    expect((await file.read('linear.weight')).shape).toEqual([2, 3]);
    await file.close();
  });

  test('its classes are those of Python if there is no program', async () => {
    await expectRefusal(zipOf(entries), 'unsupported', /the Python class __torch__\.a\.Net,/);
  });

  test('is refused without tensors', async () => {
    const empty = torchEntries(made('__torch__.a', 'Net', [], dict({ size: 2 })));
    const content = zipOf([...empty, { name: 'archive/constants.pkl', data: bytes('') }]);
    await expectRefusal(content, 'unsupported', /holds no named tensors/);
  });
});

describe('other archives', () => {
  test('NumPy', async () => {
    const entries = [{ name: 'arr_0.npy', data: bytes('') }];
    await expectRefusal(zipOf(entries), 'unsupported', /is an archive of NumPy arrays/);
  });

  test.each([[[]], [[{ name: 'word/document.xml', data: bytes('') }]]])(
    'others',
    async (entries) => {
      await expectRefusal(
        zipOf(entries),
        'unsupported',
        /is a ZIP archive, but not a PyTorch checkpoint/,
      );
    },
  );
});

describe('damage', () => {
  // oxfmt-ignore
  test.each([
    ['another byte order', 'archive/byteorder', { data: bytes('big') }, 'unsupported', /on a big-endian machine \(big\)/],
    ['a compressed pickle', 'archive/data.pkl', { method: 8 }, 'unsupported', /data\.pkl in .* is compressed/],
    ['a compressed storage', 'archive/data/0', { method: 8 }, 'unsupported', /data\/0 in .* is compressed/],
    ['an encrypted storage', 'archive/data/0', { flags: 1, method: 8 }, 'unsupported', /data\/0 in .* is encrypted/],
    ['a storage that is not there', 'archive/data/0', null, 'invalid-file', /has no archive\/data\/0/],
    ['a storage that is too short', 'archive/data/0', { data: Buffer.alloc(20) }, 'invalid-file', /has 20 bytes instead of 24/],
    ['a storage that is too long', 'archive/data/0', { data: Buffer.alloc(28) }, 'invalid-file', /has 28 bytes instead of 24/],
    ['a name twice', 'archive/version', { name: 'archive/data/0' }, 'invalid-file', /has archive\/data\/0 twice/],
    ['a name outside', 'archive/version', { name: '../a' }, 'invalid-file', /damaged/],
    ['a second pickle', 'archive/version', { name: 'other/data.pkl' }, 'unsupported', /not a PyTorch checkpoint/],
    ['an empty pickle', 'archive/data.pkl', { data: bytes('') }, 'invalid-file', /cut short/],
    ['a large pickle', 'archive/data.pkl', { data: Buffer.alloc(2 ** 24 + 1) }, 'too-large', /has 16777217 bytes/],
  ] as const)('%s', async (_, name, change, code, message) => {
    await expectRefusal(changed(name, change), code, message);
  });

  test('entries that overlap', async () => {
    const content = changed('archive/version', {});
    // The directory's last entry: its offset is that of the storage before it.
    const at = content.lastIndexOf('PK\x01\x02', undefined, 'latin1');
    const before = content.lastIndexOf('PK\x01\x02', at - 1, 'latin1');
    content.writeUInt32LE(content.readUInt32LE(before + 42) + 8, at + 42);
    await expectRefusal(content, 'invalid-file', /overlaps another/);
  });

  test('refuses an end beyond the file', async () => {
    const content = changed('archive/version', {});
    await expectRefusal(content.subarray(0, 500), 'invalid-file', /ZIP archive is damaged/);
  });

  test('refuses a directory beyond 2^53', async () => {
    // The ZIP64 locator, and an end record without further information.
    const locator = Buffer.alloc(20);
    locator.write('PK\x06\x07', 'latin1');
    locator.writeBigUInt64LE(2n ** 60n, 8);
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    const content = Buffer.concat([bytes('PK\x03\x04'), locator, end]);
    await expectRefusal(content, 'invalid-file', /ZIP archive is damaged/);
  });

  test('refuses more entries than any checkpoint has', async () => {
    const content = changed('archive/version', {});
    content.writeUInt16LE(50_001, content.length - 12);
    await expectRefusal(content, 'too-large', /holds 50001 files/);
  });

  const id = (...rest: Pickled[]): Pickled => persistent(tuple('storage', ...rest));
  const float = named('torch', 'FloatStorage');
  const rebuilt = (...args: Pickled[]): Pickled => made('torch._utils', '_rebuild_tensor_v2', args);
  const good = id(float, '0', 'cpu', 6);
  // oxfmt-ignore
  test.each([
    ['a view beyond its storage', tensorOf(storage, [7])],
    ['an offset beyond it', tensorOf(storage, [2], { offset: 5 })],
    ['strides beyond it', tensorOf(storage, [2, 2], { strides: [5, 1] })],
    ['sizes whose product is no number', rebuilt(good, 0, tuple(2 ** 52, 2 ** 52), tuple(0, 0))],
    ['a negative size', rebuilt(good, 0, tuple(-1), tuple(1))],
    ['a negative offset', rebuilt(good, -1, tuple(1), tuple(1))],
    ['a fraction', rebuilt(good, 0.5, tuple(1), tuple(1))],
    ['fewer strides than sizes', rebuilt(good, 0, tuple(1, 1), tuple(1))],
    ['too many dimensions', rebuilt(good, 0, tuple(...Array<number>(65).fill(1)), tuple())],
    ['a size that is none', rebuilt(good, 0, 1, tuple(1))],
    ['a storage of no class', rebuilt(id('Float', '0', 'cpu', 6), 0, tuple(1), tuple(1))],
    ['a storage of another class', rebuilt(id(named('torch', 'Size'), '0', 'cpu', 6), 0, tuple(1), tuple(1))],
    ['a module', persistent(tuple('module', float, '0'))],
    ['a storage by number', rebuilt(id(float, 0, 'cpu', 6), 0, tuple(1), tuple(1))],
  ])('%s', async (_, value) => {
    const content = zipOf(torchEntries(dict({ a: value }), [storage]));
    await expectRefusal(content, 'invalid-file', /is not a valid PyTorch checkpoint/);
  });

  test('refuses a key that leads outside the archive', async () => {
    const other = { ...storage, key: '../data.pkl' };
    const content = zipOf(torchEntries(dict({ a: tensorOf(other, [1]) }), [storage]));
    await expectRefusal(content, 'invalid-file', /has no archive\/data\/\.\.\/data\.pkl/);
  });

  test('refuses a whole model', async () => {
    const entries = [{ name: 'm/data.pkl', data: pickled(named('timm.models', 'Vit')) }];
    await expectRefusal(zipOf(entries), 'unsupported', /Python class timm\.models\.Vit,/);
  });
});
