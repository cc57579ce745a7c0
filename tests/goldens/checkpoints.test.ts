import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openTensorFile } from '../../src/formats/checkpoints/open-tensor-file.ts';
import { describeTeacher } from '../../src/formats/checkpoints/read-teacher.ts';

// Files by PyTorch itself, with the content that it reports (see make_checkpoints.py).

const folder = fileURLToPath(new URL('checkpoints/', import.meta.url));
const facts = z.object({
  dtype: z.string(),
  shape: z.array(z.number()),
  /** Values as float32; null if they are not floating-point numbers. */
  values: z.array(z.number()).nullable(),
});
const expected = z
  .record(z.string(), z.record(z.string(), facts))
  .parse(JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')));

describe.each(Object.entries(expected))('%s', (name, tensors) => {
  test('has the tensors that PyTorch wrote', async () => {
    const file = await openTensorFile(folder + name);
    const described = Object.entries(tensors).map(
      ([key, { dtype, shape }]) => [key, { dtype, shape }] as const,
    );
    expect(file.tensors).toEqual(new Map(described));
    for (const [key, { dtype, shape, values }] of Object.entries(tensors)) {
      if (values === null) {
        await expect(file.read(key)).rejects.toThrow(`as ${dtype}`);
        continue;
      }
      const read = await file.read(key);
      expect([key, read.shape]).toEqual([key, shape]);
      expect([key, [...read.data]]).toEqual([key, values]);
    }
    await file.close();
  });
});

test.each(Object.keys(expected).filter((name) => name.startsWith('lightning')))(
  '%s states how it was trained',
  async (name) => {
    const file = await openTensorFile(folder + name);
    expect(file.metadata).toMatchObject({
      epoch: '3',
      'hyper_parameters.model': 'mae_vit_base_patch16',
      'hyper_parameters.lr': '0.001',
      'args.device': 'cuda:0',
      'args.best': '0.75',
    });
    await file.close();
  },
);

test('a pickled model is refused with the name of its class', async () => {
  await expect(openTensorFile(`${folder}whole-model.pth`)).rejects.toThrow(
    /holds an object of the Python class __main__\.Model,/,
  );
});

test('TorchScript of a network other than a transformer is refused by its kind', async () => {
  await expect(describeTeacher(`${folder}script.pt`)).rejects.toThrow(
    /script\.pt: it has the layers of a convolutional network, like ResNet\.$/,
  );
});
