import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tinyArchitecture } from '../../../tests/support/tiny-vit.ts';
import { KnownSpeeds, speedKey } from './known-speeds.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-speeds-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('remembers measurements and failed trials', async () => {
  const file = join(folder, 'deep', 'speeds.json');
  const speeds = await KnownSpeeds.open(file);
  expect(speeds.get('a')).toBeUndefined();
  await speeds.set('a', 12.5);
  await speeds.set('b', null);
  await speeds.set('a', 13);
  const again = await KnownSpeeds.open(file);
  expect([again.get('a'), again.get('b'), again.get('c')]).toEqual([13, null, undefined]);
  await again.forgetFailures();
  const forgotten = await KnownSpeeds.open(file);
  expect([forgotten.get('a'), forgotten.get('b')]).toEqual([13, undefined]);
  for (let index = 0; index < 510; index++) await again.set(`n${index}`, 1);
  expect(JSON.parse(await readFile(file, 'utf8'))).toHaveLength(500);
});

it.each(['', '{', '[{"of":"a","imagesPerSecond":-1}]', '{"a":1}'])(
  'a file with the text %j is ignored',
  async (text) => {
    const file = join(folder, 'odd.json');
    await writeFile(file, text);
    expect((await KnownSpeeds.open(file)).get('a')).toBeUndefined();
  },
);

it('a read-only cache folder is not an error', async () => {
  await writeFile(join(folder, 'file'), '');
  const speeds = await KnownSpeeds.open(join(folder, 'file', 'speeds.json'));
  await speeds.set('a', 1);
  expect(speeds.get('a')).toBe(1);
});

it('a key contains everything that determines the speed', () => {
  const request = {
    device: 'webgpu',
    threads: 2,
    blocks: [0, 2],
    rank: 16,
    batch: 32,
    precision: 'float32',
  } as const;
  const key = (changes: object, architecture = tinyArchitecture, gpu = 'A'): string =>
    speedKey({ ...request, ...changes }, architecture, gpu);
  const keys = [
    key({}),
    key({ device: 'cuda' }),
    key({ blocks: [0] }),
    key({ rank: 8 }),
    key({ batch: 8 }),
    key({ precision: 'float16' }),
    key({}, { ...tinyArchitecture, imageSize: 2 * tinyArchitecture.imageSize }),
    key({}, { ...tinyArchitecture, width: 2 * tinyArchitecture.width }),
    key({}, tinyArchitecture, 'B'),
    key({ device: 'cpu' }),
    key({ device: 'cpu', threads: 1 }),
    key({ device: 'tensorflow' }),
    key({ device: 'tensorflow', threads: 1 }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  // The choice of blocks makes no difference, only their number.
  expect(key({ blocks: [0, 1] })).toBe(key({}));
});
