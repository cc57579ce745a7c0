import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findImages, labelsFromFolders, type PassedOver } from './image-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Empty files: images are found only by their names. */
async function files(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), '');
  }
}

async function namesFound(): Promise<string[]> {
  return (await findImages(folder)).map(({ name }) => name);
}

describe('findImages', () => {
  test('can be stopped', async () => {
    await files('a/x.png');
    const stopped = expect.objectContaining({ code: 'cancelled' }) as Error;
    await expect(findImages(folder, {}, AbortSignal.abort())).rejects.toThrow(stopped);
  });

  test('finds images by extension, ordered by code points, and skips hidden ones', async () => {
    await files('b/2.png', 'b/10.JPG', 'B/x.tiff', 'é.webp', 'a.jpeg', 'b.tif', 'a/b/c/d.jpg');
    await files('notes.txt', 'scan.dcmx', 'png', '.hidden.png', '.cache/x.png', 'a/._d.jpg');
    expect(await namesFound()).toEqual([
      'B/x.tiff',
      'a.jpeg',
      'a/b/c/d.jpg',
      'b.tif',
      'b/10.JPG',
      'b/2.png',
      'é.webp',
    ]);
  });

  test('returns absolute paths', async () => {
    await files('a/x.png');
    expect(await findImages(folder)).toEqual([
      { path: join(folder, 'a', 'x.png'), name: 'a/x.png' },
    ]);
  });

  test('follows links, but not in a circle and not into nothing', async () => {
    await files('a/x.png');
    await symlink(folder, join(folder, 'a', 'up'));
    await symlink(join(folder, 'a'), join(folder, 'a', 'self'));
    await symlink(join(folder, 'a'), join(folder, 'b'));
    await symlink(join(folder, 'a', 'x.png'), join(folder, 'link.png'));
    await symlink(join(folder, 'gone.png'), join(folder, 'broken.png'));
    await symlink('round.png', join(folder, 'round.png'));
    expect(await namesFound()).toEqual(['a/x.png', 'b/x.png', 'link.png']);
  });

  test('treats a folder whose name looks like an image as a folder', async () => {
    await files('slides.png/x.png');
    expect(await namesFound()).toEqual(['slides.png/x.png']);
  });

  test('has limits', async () => {
    await files('a/b/x.png', 'a/y.png');
    const error = { name: 'UserError', code: 'too-large' };
    await expect(findImages(folder, { images: 1 })).rejects.toMatchObject(error);
    await expect(findImages(folder, { folders: 2 })).rejects.toMatchObject(error);
    await expect(findImages(folder, { depth: 1 })).rejects.toMatchObject(error);
    const limits = { images: 2, folders: 3, depth: 2 };
    await expect(findImages(folder, limits)).resolves.toHaveLength(2);
  });

  test('refuses a missing folder, a file, and a folder without images', async () => {
    await files('notes.txt');
    const found = (path: string): Promise<unknown> => findImages(path);
    const missing = join(folder, 'missing');
    await expect(found(missing)).rejects.toMatchObject({ code: 'not-found' });
    await expect(found(missing)).rejects.toThrow(missing);
    await expect(found(join(folder, 'notes.txt'))).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(found(folder)).rejects.toMatchObject({ code: 'no-images' });
    await expect(found(folder)).rejects.toThrow(folder);
  });
});

describe('labelsFromFolders', () => {
  const found = (...names: string[]): { path: string; name: string }[] =>
    names.map((name) => ({ path: `/data/${name}`, name }));

  test('uses the first folder as the class', () => {
    const images = found('cat/1.png', 'cat/more/2.png', 'Dog/3.png', 'loose.png');
    const labelled = labelsFromFolders('/data', images);
    expect(labelled.images.map(({ labels }) => labels)).toEqual([['cat'], ['cat'], ['Dog'], []]);
    expect(labelled.images[0]).toEqual({
      ...images[0],
      labels: ['cat'],
      isLabelled: true,
      group: undefined,
      split: undefined,
    });
    expect(labelled.classes).toEqual(['Dog', 'cat']);
    expect(labelled.problems).toEqual([]);
  });

  test('refuses images with masks and says what to do, even below splits', () => {
    const images = ['train/images/1.png', 'train/masks/1.png'].map((name) => ({
      path: join('/data', name),
      name,
    }));
    expect(() => labelsFromFolders('/data', images)).toThrow(
      /--labels; the masks are then left out/,
    );
  });

  test('refuses splits that contain class folders and says what to do', () => {
    const images = found('test/cat/1.png', 'train/cat/2.png', 'train/dog/3.png');
    const label = (): unknown => labelsFromFolders('/data', images);
    expect(label).toThrow(expect.objectContaining({ code: 'invalid-labels' }));
    expect(label).toThrow(
      `/data holds splits (test, train) with the class folders inside. Give ${join('/data', 'train')} for training and --test ${join('/data', 'test')}.`,
    );
    expect(() => labelsFromFolders('/data', found('Val/cat/1.png'))).toThrow(/Give one of them/);
  });

  test.each([
    ['a class of that name among others', ['test/a/1.png', 'cat/a/2.png']],
    ['splits without class folders', ['train/1.png', 'test/2.png']],
  ])('%s', (_name, names) => {
    expect(labelsFromFolders('/data', found(...names)).classes).toHaveLength(2);
  });
});

test.skipIf(process.platform !== 'linux')(
  'skips only files and folders whose names are not valid UTF-8, and says what to do',
  async () => {
    const root = await mkdtemp(join(tmpdir(), 'understudy-names-'));
    const odd = (before: string, after = ''): Buffer =>
      Buffer.concat([Buffer.from(join(root, before)), Buffer.of(0xfc), Buffer.from(after)]);
    try {
      await writeFile(join(root, 'good.png'), 'x');
      // A name that really contains this character can be read.
      await writeFile(join(root, 'real\ufffd.png'), 'x');
      await writeFile(odd('Gr', 'n.png'), 'x');
      await writeFile(odd('scan'), 'x');
      await writeFile(odd('notes', '.txt'), 'x');
      await mkdir(odd('f', 'r'));
      const passed: PassedOver[] = [];
      const found = await findImages(root, {}, undefined, (one) => passed.push(one));
      expect(found.map(({ name }) => name)).toEqual(['good.png', 'real\ufffd.png']);
      const reports = passed.map(({ path, reason, ...rest }) => [
        path.slice(root.length + 1),
        reason.replaceAll(root, ''),
        rest,
      ]);
      const rename = 'cannot be read: its name is not valid UTF-8. Rename it.';
      expect(reports.sort()).toEqual([
        ['Gr\ufffdn.png', `/Gr\ufffdn.png ${rename}`, { kind: 'skipped' }],
        ['f\ufffdr', `The folder /f\ufffdr ${rename}`, { kind: 'skipped', isFolder: true }],
        ['notes\ufffd.txt', 'Its name is not that of an image file.', { kind: 'other' }],
        ['scan\ufffd', `/scan\ufffd ${rename}`, { kind: 'skipped' }],
      ]);
      await expect(findImages(join(root, 'f\ufffdr'))).rejects.toThrow(
        /was not found\. Its name has characters \(\ufffd\) that are not valid UTF-8.*Rename it/,
      );
    } finally {
      await rm(root, { recursive: true });
    }
  },
);
