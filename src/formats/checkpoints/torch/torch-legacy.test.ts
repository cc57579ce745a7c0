import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError, type ErrorCode } from '../../../core/errors.ts';
import { openTensorFile } from '../open-tensor-file.ts';
import {
  dict,
  floatStorage,
  legacyFile,
  pickled,
  tensorOf,
  tuple,
} from '../../testing/torch-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-torch-legacy-'));
});
afterAll(() => rm(folder, { recursive: true }));

const first = floatStorage('94', [1, 2, 3, 4]);
const second = floatStorage('95', [5, 6]);
const options = { part: null };
const model = dict({
  a: tensorOf(second, [2], options),
  b: tensorOf(first, [2, 2], { ...options, strides: [1, 2] }),
});
const content = legacyFile(model, [first, second]);

async function readAll(bytes: Uint8Array): Promise<Record<string, number[]>> {
  const path = join(folder, 'a.pth');
  await writeFile(path, bytes);
  const file = await openTensorFile(path);
  try {
    const values: Record<string, number[]> = {};
    for (const name of file.tensors.keys()) values[name] = [...(await file.read(name)).data];
    return values;
  } finally {
    await file.close();
  }
}

describe('reading', () => {
  test('reads storages in their order', async () => {
    expect(await readAll(content)).toEqual({ a: [5, 6], b: [1, 3, 2, 4] });
  });

  test('reads storages within storages', async () => {
    // (its own key, first element, elements)
    const part = tuple('96', 1, 3);
    const root = dict({ a: tensorOf(first, [2], { part, offset: 1 }) });
    expect(await readAll(legacyFile(root, [first]))).toEqual({ a: [3, 4] });
  });
});

test('recognises a magic number in protocol 0', async () => {
  const rest = content.subarray(pickled(0x1950a86a20f9469cfc6cn).length);
  const old = Buffer.concat([Buffer.from('L119547037146038801333356L\n.'), rest]);
  expect(await readAll(old)).toEqual({ a: [5, 6], b: [1, 3, 2, 4] });
});

describe('refused', () => {
  const other = { ...first, count: 3, data: first.data };
  // oxfmt-ignore
  const cases: [title: string, content: Uint8Array, code: ErrorCode, message: RegExp][] = [
    ['another pickle', pickled(dict({})), 'unsupported', /not a PyTorch checkpoint/],
    ['another magic number', legacyFile(model, [], { magic: 1n }), 'unsupported', /not a PyTorch checkpoint/],
    ['another version', legacyFile(model, [], { version: 1002 }), 'invalid-file', /its version/],
    ['another byte order', legacyFile(model, [], { isLittleEndian: false }), 'unsupported', /big-endian/],
    ['a storage that is not listed', legacyFile(model, [first]), 'invalid-file', /has no storage 95/],
    ['a storage listed twice', legacyFile(model, [first, first]), 'invalid-file', /lists a storage twice/],
    ['a storage that nobody needs', legacyFile(model, [{ ...first, key: '1' }]), 'invalid-file', /does not need/],
    ['another number of elements', legacyFile(model, [second, { ...first, count: 5 }]), 'invalid-file', /has 5 instead of 4 elements/],
    ['one storage of two lengths', legacyFile(dict({ a: model, b: tensorOf(other, [1], options) })), 'invalid-file', /with two types or lengths/],
    ['a part outside its storage', legacyFile(dict({ a: tensorOf(first, [1], { part: tuple('96', 3, 2) }) })), 'invalid-file', /outside the storage/],
    ['a cut storage', content.subarray(0, -1), 'invalid-file', /cut short \(it ends at byte/],
    ['a cut list of storages', content.subarray(0, -9), 'invalid-file', /cut short/],
    ['a cut pickle', content.subarray(0, 80), 'invalid-file', /cut short/],
  ];
  test.each(cases)('%s', async (_, bytes, code, message) => {
    const error: unknown = await readAll(bytes).catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw new Error(`not refused: ${String(error)}`);
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });
});
