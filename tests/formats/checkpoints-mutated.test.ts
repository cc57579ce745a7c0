import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countWork } from '../support/work-time.ts';
import { UserError } from '../../src/core/errors.ts';
import { Random } from '../../src/core/random.ts';
import { tensor } from '../../src/core/tensor.ts';
import { openTensorFile } from '../../src/formats/checkpoints/open-tensor-file.ts';
import {
  dict,
  floatStorage,
  legacyFile,
  made,
  tensorOf,
  torchEntries,
  zipOf,
} from '../../src/formats/checkpoints/torch-fixtures.ts';
import { encodeSafetensors } from '../../src/formats/safetensors.ts';

/* Checkpoints in which something was changed: each is read or refused with a sentence, soon, and in bounded memory. */

const files = 5_000;
const secondsEach = 2;
const memoryLimit = 512 * 2 ** 20;
const goldens = fileURLToPath(new URL('../goldens/checkpoints/', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-mutated-'));
});
afterAll(() => rm(folder, { recursive: true }));

const random = new Random(20_261_130);
const below = (limit: number): number => random.integer(limit);

function oneOf<T>(choices: readonly T[]): T {
  return choices[below(choices.length)] as T;
}

const storage = floatStorage('0', [1, 2, 3, 4, 5, 6]);
const model = dict({
  model: dict({
    weight: tensorOf(storage, [2, 3]),
    transposed: tensorOf(storage, [3, 2], { strides: [1, 3] }),
    bias: tensorOf(storage, [2], { offset: 1 }),
  }),
  args: made('argparse', 'Namespace', [], dict({ model: 'vit', lr: 0.5, betas: [1, 2n ** 70n] })),
});
const weights = new Map([
  ['a', tensor([2, 2], [1, 2, 3, 4])],
  ['b', tensor([3], [1, 2, 3])],
]);
const index = JSON.stringify({ weight_map: { a: 'part.bin', b: 'part.bin' } });

/** Sound files, by the part of them that is changed: the whole, or the pickle in an archive. */
async function seeds(): Promise<((change: (content: Buffer) => Buffer) => Buffer)[]> {
  const forms = ['lightning-zip', 'views-protocol-4', 'lightning-legacy', 'parameters-legacy'];
  const names = [...forms.map((name) => `${name}.pth`), 'script.pt'];
  const byPyTorch = await Promise.all(names.map((name) => readFile(goldens + name)));
  const wholes = [
    ...byPyTorch,
    zipOf(torchEntries(model, [storage])),
    legacyFile(dict({ a: tensorOf(storage, [2, 3], { part: null }) }), [storage]),
    Buffer.concat([...encodeSafetensors(weights)]),
    Buffer.from(index),
  ];
  const pickles = ([2, 4] as const).map((protocol) => torchEntries(model, [storage], protocol));
  return [
    ...wholes.map((whole) => (change: (content: Buffer) => Buffer) => change(Buffer.from(whole))),
    ...pickles.map(
      (entries) => (change: (content: Buffer) => Buffer) =>
        zipOf(
          entries.map(({ name, data }) =>
            name.endsWith('.pkl') ? { name, data: change(Buffer.from(data)) } : { name, data },
          ),
        ),
    ),
  ];
}

/** What is done to bytes, in place or to a copy. */
const changes: readonly ((content: Buffer) => Buffer)[] = [
  (content) => {
    content[below(content.length)] = below(256);
    return content;
  },
  (content) => {
    const at = below(content.length);
    content[at] = (content[at] ?? 0) ^ (1 << below(8));
    return content;
  },
  (content) => {
    content.fill(oneOf([0, 1, 0x7f, 0x80, 0xff]), below(content.length), content.length);
    return content;
  },
  (content) => {
    const length = oneOf([2, 4, 8]);
    const at = below(content.length - length);
    return Buffer.from(content.fill(oneOf([0, 0x7f, 0xff]), at, at + length));
  },
  (content) => content.subarray(0, below(content.length)),
  (content) => content.subarray(below(content.length)),
  (content) => {
    const [from, to] = [below(content.length), below(content.length)].sort((a, b) => a - b);
    return Buffer.concat([content.subarray(0, from), content.subarray(to)]);
  },
  (content) => {
    const at = below(content.length);
    const from = below(content.length);
    const piece = content.subarray(from, from + below(40));
    return Buffer.concat([content.subarray(0, at), piece, content.subarray(at)]);
  },
  (content) => {
    const noise = Buffer.from(Array.from({ length: 1 + below(8) }, () => below(256)));
    const at = below(content.length);
    return Buffer.concat([content.subarray(0, at), noise, content.subarray(at)]);
  },
];

function mutate(content: Buffer): Buffer {
  let changed = content;
  for (let times = oneOf([1, 1, 1, 2, 3]); times > 0; times--) {
    if (changed.length > 8) changed = oneOf(changes)(changed);
  }
  return changed;
}

/** Whether something of the file could be read; throws what is no sentence. */
async function isReadable(path: string): Promise<boolean> {
  const refuse = (error: unknown): void => {
    if (!(error instanceof UserError)) throw error;
  };
  const file = await openTensorFile(path).catch(refuse);
  if (file === undefined) return false;
  let values = 0;
  for (const name of file.tensors.keys()) {
    const read = await file.read(name).catch(refuse);
    values += read?.data.length ?? 0;
  }
  await file.close();
  return values > 0;
}

test(`${files} changed checkpoints are read or refused`, async () => {
  const all = await seeds();
  await writeFile(join(folder, 'part.bin'), Buffer.concat([...encodeSafetensors(weights)]));
  const path = join(folder, 'changed.pth');
  for (const whole of all) {
    await writeFile(
      path,
      whole((content) => content),
    );
    await openTensorFile(path).then((file) => file.close());
  }
  const before = process.resourceUsage().maxRSS * 1024;
  let slowest = 0;
  let readable = 0;
  for (let i = 0; i < files; i++) {
    const content = oneOf(all)(mutate);
    await writeFile(path, content);
    const worked = countWork();
    const wasRead = await isReadable(path).catch((error: unknown) => {
      throw new Error(`File ${i}, in base 64: ${content.toString('base64')}`, { cause: error });
    });
    slowest = Math.max(slowest, worked());
    if (wasRead) readable++;
  }
  expect(slowest).toBeLessThan(secondsEach * 1_000);
  expect(process.resourceUsage().maxRSS * 1024 - before).toBeLessThan(memoryLimit);
  // Else nothing was changed, or everything was refused at the door.
  expect(readable).toBeGreaterThan(files / 20);
  expect(readable).toBeLessThan(files * 0.9);
});
