import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expandFrames, noSecret } from './frames.ts';
import { findImages } from './image-folder.ts';
import { readImage } from './images.ts';
import { pictureFile, syntax, type Entry } from './testing/dicom-fixtures.ts';
import { niftiFile } from './raster/nifti/nifti-fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-frames-'));
  const values = Array.from({ length: 12 }, (_, at) => at);
  await writeFile(join(folder, 'scan.nii'), niftiFile({ shape: [2, 2, 3], type: 'uint8', values }));
  const bytes = { rows: 1, columns: 2, allocated: 8, stored: 8 };
  const patient = (id: string): Entry[] => [[0x00100020, 'LO', id]];
  // Named as in archives: numbers separated by points, without an extension.
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
  test('are found by their content if they have no extension', async () => {
    const names = (await findImages(folder)).map(({ name }) => name);
    expect(names).toEqual(['1.2.840.7', 'IM0001', 'b.dcm', 'damaged.nii.gz', 'scan.nii']);
  });

  test('become one image per slice, which can be read', async () => {
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

  test('distinguish patients by a keyed hash, without names', async () => {
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

  test('keep a group stated by the user', async () => {
    const found = (await findImages(folder)).map((image) => ({ ...image, group: 'ward' }));
    const images = await expandFrames(found, { secret: noSecret });
    expect(new Set(images.map(({ group }) => group))).toEqual(new Set(['ward']));
  });
});

describe('patients without an ID', () => {
  interface Said {
    readonly id?: string | null;
    readonly name?: string | Uint8Array;
    readonly born?: string;
    readonly study?: string;
    /** Given by a person. */
    readonly group?: string;
  }

  /** Returns the groups of files with these attributes, each of its own study unless it names one. */
  async function groupsOf(files: readonly Said[]): Promise<(string | undefined)[]> {
    const place = await mkdtemp(join(folder, 'patients-'));
    const images = await Promise.all(
      files.map(async ({ id = '', name, born, study, group }, at) => {
        const path = join(place, `${at}.dcm`);
        const more: Entry[] = [
          ...(name === undefined ? [] : [[0x00100010, 'PN', name] satisfies Entry]),
          ...(id === null ? [] : [[0x00100020, 'LO', id] satisfies Entry]),
          ...(born === undefined ? [] : [[0x00100030, 'DA', born] satisfies Entry]),
          [0x0020000d, 'UI', study ?? `1.2.${at}`],
        ];
        await writeFile(
          path,
          pictureFile(syntax.explicit, { rows: 1, columns: 1 }, Uint8Array.of(at), more),
        );
        return { path, name: `${at}.dcm`, classes: [], group };
      }),
    );
    const expanded: { group?: string | undefined }[] = await expandFrames(images, {
      secret: noSecret,
    });
    await rm(place, { recursive: true });
    return expanded.map(({ group }) => group);
  }

  const schmidt = { name: 'Schmidt^Hans', born: '19700101' };

  test('are identified by name and date of birth, however these are written', async () => {
    const groups = await groupsOf([
      schmidt,
      { ...schmidt, id: null },
      { ...schmidt, id: 'ANONYMOUS' },
      { name: 'SCHMIDT^HANS^^^', born: '1970.01.01' },
      { name: 'Schmidt^Hans^^Dr.', born: '19700101' },
      { name: 'Hans  Schmidt', born: '19700101' },
      { name: Buffer.from('Ｓchmidt^Ha\u200bns'), born: '19700101' },
      { name: 'Schmidt^Hans=\u00fc', born: '19700101' },
    ]);
    expect(groups[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(groups).size).toBe(1);
  });

  test('are one by a pseudonym with digits, and different by different ones', async () => {
    for (const id of ['ANON001', 'anon_0042', 'Subject 7', 'patient12']) {
      const groups = await groupsOf([{ id }, { id }, { id: `${id}1` }]);
      expect([id, groups[0] === groups[1], groups[0] === groups[2]]).toEqual([id, true, false]);
    }
  });

  test('are one by the number that another study of the same person states', async () => {
    const groups = await groupsOf([{ ...schmidt, id: '7' }, schmidt, { id: '7' }]);
    expect(new Set(groups).size).toBe(1);
  });

  test('are one if a person named the group of some of their images only', async () => {
    const groups = await groupsOf([{ id: '7' }, { id: '7', group: 'ward' }, { id: '8' }]);
    expect(groups.slice(0, 2)).toEqual(['ward', 'ward']);
    expect(groups[2]).toMatch(/^[0-9a-f]{16}$/);
  });

  test('are told apart where either differs', async () => {
    const groups = await groupsOf([
      schmidt,
      { ...schmidt, name: 'Schmidt^Hanna' },
      { ...schmidt, born: '19700102' },
      { name: Buffer.from('M\u00fcller^Hans'), born: '19700101' },
      { name: Buffer.from('M\u00f6ller^Hans'), born: '19700101' },
    ]);
    expect(new Set(groups).size).toBe(groups.length);
  });

  test('are the same in Latin-1 and UTF-8', async () => {
    const [one, two] = await groupsOf([
      { name: Buffer.from('M\u00fcller^Hans'), born: '19700101' },
      { name: Buffer.from('M\u00fcller^Hans', 'latin1'), born: '19700101' },
    ]);
    expect(one).toBe(two);
  });

  test.each([
    { name: 'Schmidt^Hans' },
    { born: '19700101' },
    { name: 'Schmidt^Hans', born: '19000101' },
    { name: 'Schmidt^Hans', born: '11111111' },
    { name: 'Schmidt^Hans', born: '00000000' },
    { name: 'Schmidt^Hans', born: '1970' },
    { name: 'ANONYMOUS', born: '19700101' },
    { name: 'Anonymized^Patient', born: '19700101' },
    { name: 'Last Name^First Name', born: '19700101' },
    { name: 'John^Doe', born: '19700101' },
    { name: '^^', born: '19700101' },
    { name: 'XXXX', born: '19700101' },
  ])('are grouped by examination if no patient is named: %o', async (said) => {
    const [one, two, three] = await groupsOf([
      { ...said, study: '1.2.9' },
      { ...said, study: '1.2.9' },
      said,
    ]);
    expect(one).toBe(two);
    expect(three).not.toBe(one);
  });

  test('keep the hashes of numbers and examinations as they were', async () => {
    // HMAC-SHA-256 with an empty key, computed independently.
    const groups = await groupsOf([{ ...schmidt, id: 'P-1' }, { study: '1.2.3' }]);
    expect(groups).toEqual(['beb32a0c78d0da84', 'f45c672e859f59fa']);
  });

  test('never match an ID that spells their digest', async () => {
    const digest = createHash('sha256')
      .update('hans schmidt\0' + '19700101')
      .digest('hex');
    const [person, ...numbers] = await groupsOf([
      schmidt,
      { id: digest },
      { id: `name and date of birth\0${digest}` },
      { id: 'Schmidt^Hans19700101' },
    ]);
    expect(numbers).not.toContain(person);
  });
});
