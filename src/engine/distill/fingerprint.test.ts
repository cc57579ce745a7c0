import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tinyArchitecture } from '../../../tests/support/tiny-vit.ts';
import type { FoundImage } from '../../formats/labels/labelled-images.ts';
import { temporaryFolder } from '../../store/testing/temporary-store.ts';
import { beginFingerprint } from './fingerprint.ts';
import type { RunMarks } from './fingerprint.ts';

const marks = {
  request: { preparation: { range: 'auto' }, framing: 'whole', start: 'auto' },
  plan: { steps: 1, batch: 1, seed: 0, views: 1, layout: { rank: 1 } },
  teacher: { sha256: '', model: { architecture: tinyArchitecture, normalization: {} } },
  blocks: [0],
  recipe: {},
} as unknown as RunMarks;
const unheard = new AbortController().signal;

function fingerprintOf(...images: FoundImage[]): Promise<string> {
  return beginFingerprint(marks, images, unheard).own;
}

it('identifies images by content and slice, wherever their files are', async () => {
  const folder = temporaryFolder();
  const image = (name: string): FoundImage => ({ path: join(folder, name), name });
  const [a, b, c] = [image('a.png'), image('b.png'), image('c.png')];
  await writeFile(a.path, 'one');
  await writeFile(b.path, 'two');
  await writeFile(c.path, 'one');
  const own = await fingerprintOf(a, b);
  expect(await fingerprintOf(c, b)).toBe(own);
  const slices = [{ ...a, frame: 0 }, b];
  const others = [[b, a], [a], [a, a], slices, [{ ...a, frame: 1 }, b]];
  const all = await Promise.all(others.map((images) => fingerprintOf(...images)));
  expect(new Set([...all, own]).size).toBe(6);
  // The same hash given by the caller, as the app does.
  const contentHash = '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed';
  expect(await fingerprintOf({ ...a, path: 'elsewhere', contentHash }, b)).toBe(own);
  await writeFile(b.path, 'six');
  expect(await fingerprintOf(a, b)).not.toBe(own);
  await rm(b.path);
  expect(await fingerprintOf(a, b)).not.toBe(own);
});

it('has the form of earlier versions, with names and sizes', async () => {
  const folder = temporaryFolder();
  const image = { path: join(folder, 'a.png'), name: 'a.png' };
  const former = (): Promise<string> => beginFingerprint(marks, [image], unheard).former();
  await writeFile(image.path, 'one');
  const before = await former();
  expect(before).not.toBe(await fingerprintOf(image));
  await writeFile(image.path, 'two');
  expect(await former()).toBe(before);
  await writeFile(image.path, 'three');
  expect(await former()).not.toBe(before);
});

it('stops reading when it is closed', async () => {
  const folder = temporaryFolder();
  const image = { path: join(folder, 'a.png'), name: 'a.png' };
  await writeFile(image.path, Buffer.alloc(2 ** 24));
  const fingerprint = beginFingerprint(marks, [image], unheard);
  fingerprint.close();
  await expect(fingerprint.own).rejects.toMatchObject({ code: 'cancelled' });
});
