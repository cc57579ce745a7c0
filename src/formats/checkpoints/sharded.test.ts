import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tensor } from '../../core/tensor.ts';
import { writeSafetensors } from '../safetensors/safetensors.ts';
import { openTensorFile } from './open-tensor-file.ts';
import { dict, floatStorage, tensorOf, torchEntries, zipOf } from '../testing/torch-fixtures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-sharded-'));
  await writeSafetensors(join(folder, 'a.safetensors'), new Map([['x', tensor([2], [1, 2])]]), {
    metadata: { format: 'pt' },
  });
  await writeSafetensors(join(folder, 'b.safetensors'), new Map([['y', tensor([1], [3])]]));
  const storage = floatStorage('0', [4]);
  const entries = torchEntries(dict({ z: tensorOf(storage, [1]) }), [storage]);
  await writeFile(join(folder, 'c.bin'), zipOf(entries));
});
afterEach(() => rm(folder, { recursive: true }));

async function indexOf(map: unknown, name = 'model.safetensors.index.json'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof map === 'string' ? map : JSON.stringify({ weight_map: map }));
  return path;
}

describe('reading', () => {
  test('tensors from all parts, of any kind', async () => {
    const path = await indexOf({ z: 'c.bin', x: 'a.safetensors', y: 'b.safetensors' });
    const file = await openTensorFile(path);
    expect(file.path).toBe(path);
    expect(file.metadata).toEqual({ format: 'pt' });
    expect(new Map(file.tensors).get('x')).toMatchObject({ dtype: 'F32', shape: [2] });
    const values: Record<string, number[]> = {};
    for (const name of ['z', 'y', 'x']) values[name] = [...(await file.read(name)).data];
    expect(values).toEqual({ x: [1, 2], y: [3], z: [4] });
    await expect(file.read('w')).rejects.toThrow(/does not list tensor "w"/);
    await file.close();
  });

  test('several tensors at once', async () => {
    const file = await openTensorFile(await indexOf({ x: 'a.safetensors', y: 'b.safetensors' }));
    const [x, again, y] = await Promise.all(['x', 'x', 'y'].map((name) => file.read(name)));
    expect([x, again, y].map((each) => each?.data.length)).toEqual([2, 2, 1]);
    await file.close();
  });

  test('opens only files that it reads', async () => {
    const file = await openTensorFile(await indexOf({ x: 'a.safetensors', y: 'b.safetensors' }));
    await rm(join(folder, 'b.safetensors'));
    expect([...(await file.read('x')).data]).toEqual([1, 2]);
    await expect(file.read('y')).rejects.toThrow(/needs b\.safetensors in the same folder/);
    await file.close();
  });
});

describe('refused', () => {
  // oxfmt-ignore
  test.each([
    ['a part that is not there', { x: 'a.safetensors', y: 'd.safetensors' }, /needs d\.safetensors in the same folder, but that file is missing/],
    ['a part elsewhere', { x: '../a.safetensors' }, /in "\.\.\/a\.safetensors", which is not a file of its folder/],
    ['a part in a folder', { x: 'sub/a.safetensors' }, /not a file of its folder/],
    ['a part by a path of Windows', { x: 'sub\\a.safetensors' }, /not a file of its folder/],
    ['a drive', { x: 'C:a.safetensors' }, /not a file of its folder/],
    ['the folder', { x: '..' }, /not a file of its folder/],
    ['no name', { x: 1 }, /does not give the file of a tensor as a name/],
    ['a tensor in another part', { x: 'b.safetensors' }, /tensor "x" is not in b\.safetensors/],
    ['a tensor in two parts', '{"weight_map":{"x":"a.safetensors","y":"b.safetensors","x":"b.safetensors","y":"a.safetensors"}}', /tensor "[xy]" is in both/],
    ['no tensors', {}, /lists no tensors/],
    ['itself', { x: 'model.safetensors.index.json' }, /is a JSON file, but not the index/],
    ['another JSON file', '{"architectures":[]}', /is a JSON file, but not the index/],
    ['a list', '{"weight_map":[]}', /is a JSON file, but not the index/],
    ['a cut one', '{"weight_map":{', /is a JSON file, but not the index/],
    ['too many parts', Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`t${i}`, `s${i}`])), /lists 1001 tensors in 1001 files/],
  ])('%s', async (_, map, message) => {
    await expect(openTensorFile(await indexOf(map))).rejects.toThrow(message);
  });
});

describe('a folder', () => {
  test('is opened by the default names of weights', async () => {
    const storage = floatStorage('0', [4]);
    const entries = torchEntries(dict({ z: tensorOf(storage, [1]) }), [storage]);
    // oxfmt-ignore
    const names: [string, () => Promise<unknown>][] = [
      ['open_clip_pytorch_model.bin', () => writeFile(join(folder, 'open_clip_pytorch_model.bin'), zipOf(entries))],
      ['open_clip_model.safetensors', () => writeSafetensors(join(folder, 'open_clip_model.safetensors'), new Map([['o', tensor([1], [1])]]))],
      ['pytorch_model.bin.index.json', () => indexOf({ z: 'c.bin' }, 'pytorch_model.bin.index.json')],
      ['pytorch_model.bin', () => writeFile(join(folder, 'pytorch_model.bin'), zipOf(entries))],
      ['model.safetensors.index.json', () => indexOf({ y: 'b.safetensors' })],
      ['model.safetensors', () => writeSafetensors(join(folder, 'model.safetensors'), new Map([['m', tensor([1], [1])]]))],
    ];
    for (const [name, write] of names) {
      await write();
      const file = await openTensorFile(folder);
      expect(file.path).toBe(join(folder, name));
      await file.close();
    }
  });

  // oxfmt-ignore
  test('without weights is refused with its content', async () => {
    expect(await readdir(folder)).not.toHaveLength(0);
    await expect(openTensorFile(folder)).rejects.toThrow(/contains .*a\.safe.*, but none of model\.safetensors, /);
    await writeFile(join(folder, 'saved_model.pb'), '');
    await expect(openTensorFile(folder)).rejects.toThrow(/is a TensorFlow model/);
  });
});
