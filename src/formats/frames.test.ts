import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expandFrames, noSecret } from './frames.ts';
import { findImages } from './image-folder.ts';
import { readImage } from './images.ts';
import { pictureFile, syntax, type Entry } from './raster/dicom/dicom-fixtures.ts';
import { niftiFile } from './raster/nifti/nifti-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-frames-'));
  const values = Array.from({ length: 12 }, (_, at) => at);
  await writeFile(join(folder, 'scan.nii'), niftiFile({ shape: [2, 2, 3], type: 'uint8', values }));
  const bytes = { rows: 1, columns: 2, allocated: 8, stored: 8 };
  const patient = (id: string): Entry[] => [[0x00100020, 'LO', id]];
  // Named as archives name them: by numbers with points, and by nothing else.
  await writeFile(
    join(folder, '1.2.840.7'),
    pictureFile(syntax.explicit, bytes, Uint8Array.of(1, 2), patient('P-1')),
  );
  await writeFile(
    join(folder, 'IM0001'),
    pictureFile(syntax.explicit, bytes, Uint8Array.of(3, 4), patient('P-1')),
  );
  await writeFile(
    join(folder, 'b.dcm'),
    pictureFile(syntax.explicit, bytes, Uint8Array.of(5, 6), patient('P-2')),
  );
  await writeFile(join(folder, 'damaged.nii.gz'), 'no volume');
  await writeFile(join(folder, 'notes'), 'no image');
  await writeFile(join(folder, 'table.csv'), 'path,label\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('files of several images', () => {
  test('are found by their content where they have no extension', async () => {
    const names = (await findImages(folder)).map(({ name }) => name);
    expect(names).toEqual(['1.2.840.7', 'IM0001', 'b.dcm', 'damaged.nii.gz', 'scan.nii']);
  });

  test('come slice by slice, and can be read so', async () => {
    const images = await expandFrames(await findImages(folder), { secret: noSecret });
    const slices = images.filter(({ path }) => path.endsWith('scan.nii'));
    expect(slices.map(({ name, frame }) => [name, frame])).toEqual([
      ['scan.nii#1', 0],
      ['scan.nii#2', 1],
      ['scan.nii#3', 2],
    ]);
    const [first, , third] = slices;
    if (!first || !third) throw new Error('there are no slices');
    const stored = { bands: null, range: { kind: 'stored' } } as const;
    const shades = (await readImage(third, stored)).data.filter((_, at) => at % 3 === 0);
    expect([...shades].sort((a, b) => a - b)).toEqual([8, 9, 10, 11]);
    expect(images.find(({ name }) => name === 'damaged.nii.gz')).not.toHaveProperty('frame');
  });

  test('patients are told apart without being named, by a key', async () => {
    const groups = async (secret: Uint8Array): Promise<(string | undefined)[]> => {
      const found = (await findImages(folder)).map((image) => ({ ...image, group: undefined }));
      const images: { group?: string | undefined }[] = await expandFrames(found, { secret });
      return images.map(({ group }) => group);
    };
    const [one, two, three, , ...slices] = await groups(noSecret);
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
    expect(new Set(slices).size).toBe(1);
    expect((await groups(Uint8Array.of(1)))[0]).not.toBe(one);
  });

  test('what a person says of a group counts', async () => {
    const found = (await findImages(folder)).map((image) => ({ ...image, group: 'ward' }));
    const images = await expandFrames(found, { secret: noSecret });
    expect(new Set(images.map(({ group }) => group))).toEqual(new Set(['ward']));
  });
});
