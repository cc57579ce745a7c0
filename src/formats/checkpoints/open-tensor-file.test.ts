import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tensor } from '../../core/tensor.ts';
import { writeSafetensors } from '../safetensors/safetensors.ts';
import { openTensorFile } from './open-tensor-file.ts';
import { bytes, dict, legacyFile, torchEntries, zipOf } from '../testing/torch-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-open-tensor-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('opens safetensors under any name', async () => {
  const path = join(folder, 'model.bin');
  await writeSafetensors(path, new Map([['x', tensor([1], [5])]]), { metadata: { a: 'b' } });
  const file = await openTensorFile(path);
  expect(file.metadata).toEqual({ a: 'b' });
  expect([...(await file.read('x')).data]).toEqual([5]);
  await file.close();
});

describe('a file that is not a checkpoint is described:', () => {
  const tar = (name: string): Buffer => {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write('ustar', 257);
    return header;
  };
  // oxfmt-ignore
  test.each([
    ['a.pth', '', /is an empty file, .* Download the file itself\./],
    ['a.pth', 'version https://git-lfs.github.com/spec/v1\n', /Git LFS pointer.* "git lfs pull"/],
    ['a.h5', '\x89HDF\r\n\x1a\n', /is an HDF5 file, as Keras writes them/],
    ['a.gguf', 'GGUF\x03\0\0\0', /is a GGUF file/],
    ['a.npy', '\x93NUMPY\x01\0', /is a NumPy array/],
    ['a.tflite', '\x1c\0\0\0TFL3', /TensorFlow Lite/],
    ['a.gz', '\x1f\x8b\x08', /is a gzip archive.* Extract it/],
    ['a.onnx', '\x08\x08\x12\x07pytorch', /is an ONNX model/],
    ['b.onnx', '\x08\x08\x3a', /is an ONNX model/],
    ['model.ckpt.index', `${'\0'.repeat(50)}\x57\xfb\x80\x8b\x24\x75\x47\xdb`, /is a part of a TensorFlow checkpoint/],
    ['model.ckpt.data-00000-of-00001', '\0\0\0', /is a part of a TensorFlow checkpoint/],
    ['saved_model.pb', '\x08\x01\x12', /is a TensorFlow model/],
    ['a.png', '\x89PNG\r\n\x1a\n', /is an image file \(PNG\)/],
    ['a.jpg', '\xff\xd8\xff\xe0', /is an image file \(JPEG\)/],
    ['a.pth', '\n<!DOCTYPE html><html>', /is a web page, .* Download the file itself/],
    ['a.txt', 'Weights: see above.\n', /is a text file/],
    ['a.tar', tar('weights/a'), /is a tar archive/],
    ['a.pth', tar('sys_info'), /tar format of PyTorch before 0\.2, .* Load it in a current PyTorch/],
    ['a.bin', '\0\x01\x02\x03', /is a file of unknown type/],
    ['a.json', ' {"a": 1}', /is a JSON file, but not the index/],
    ['a.zip', 'PK\x05\x06' + '\0'.repeat(18), /is a ZIP archive, but not a PyTorch checkpoint; it begins with nothing/],
    ['a.pkl', '\x80\x04N.', /is a Python pickle, but not a PyTorch checkpoint/],
    ['a.safetensors', '\x08\0\0\0\0\0\0\0', /is not a valid safetensors file/],
    ['b.safetensors', '\x02\0\0\0\0\0\0\0{', /is not a valid safetensors file/],
  ])('%s %#', async (name, content, message) => {
    const path = join(folder, name);
    await writeFile(path, typeof content === 'string' ? bytes(content) : content);
    await expect(openTensorFile(path)).rejects.toThrow(message);
  });

  test('nothing', async () => {
    await expect(openTensorFile(join(folder, 'missing'))).rejects.toThrow(/was not found/);
  });
});

test.each([
  ['today', zipOf(torchEntries(dict({ optimizer: dict({}) })))],
  ['old', legacyFile(dict({ optimizer: dict({}) }))],
])('refuses an optimiser without a model, in the format of %s', async (_, content) => {
  const path = join(folder, 'optimizer.pt');
  await writeFile(path, content);
  await expect(openTensorFile(path)).rejects.toThrow(/holds only the state of an optimiser/);
});
