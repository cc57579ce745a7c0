import {
  copyFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileFilter, ImportReport } from '../../src/contract/app.ts';
import { niftiFile } from '../../src/formats/raster/nifti/nifti-fixtures.ts';
import { OpenServices } from '../support/open-services.ts';
import { temporaryFolder, writeImages } from './support.ts';

// The same folder again: known files are not read, new or changed ones are, and a table states which.

describe('importing the same folder again', async () => {
  const folder = await temporaryFolder();
  let engine: OpenServices;
  let project: number;
  let images: string;

  beforeAll(async () => {
    engine = await OpenServices.open(join(folder, 'workspace'));
  });
  afterAll(() => engine.close());

  const begin = async (name: string): Promise<void> => {
    ({ id: project } = await engine.call('project.create', {
      ...{ name, domain: 'other', task: 'single' },
    }));
    images = join(folder, name);
    await mkdir(images, { recursive: true });
  };
  const importAgain = (labels: 'folders' | 'none' = 'none'): Promise<ImportReport> =>
    engine.call('image.import', { project, folder: images, labels });
  /** The entry of each file in the table. */
  const outcomes = async (filter: Partial<FileFilter> = {}): Promise<Record<string, string>> => {
    const { files } = await engine.call('image.files', {
      ...{ project, filter: { report: null, ...filter }, offset: 0, limit: 500 },
    });
    return Object.fromEntries(files.map((file) => [file.name, file.outcome]));
  };
  const places = async (): Promise<string[]> => {
    const page = { project, filter: {}, offset: 0, limit: 500 };
    return (await engine.call('image.page', page)).images.map(({ name }) => name);
  };
  /** Other content of the same size with the same time, which would be refused if read. */
  const spoil = async (path: string): Promise<void> => {
    const { size, mtime } = await stat(path);
    await writeFile(path, Buffer.alloc(size, 1));
    await utimes(path, mtime, mtime);
  };

  it('unchanged files are not read again, changed ones are', async () => {
    await begin('again');
    const [first = '', second = ''] = await writeImages(images, 2, 1);
    expect(await importAgain()).toMatchObject({ found: 6, added: 6, known: 0 });
    await spoil(first);
    expect(await importAgain()).toMatchObject({ found: 6, added: 0, known: 6, skipped: [] });
    expect(await outcomes()).toMatchObject({ 'red/0.png': 'known', 'blue/1.png': 'known' });
    const [drawn = ''] = await writeImages(join(folder, 'again drawn'), 1, 5);
    await copyFile(drawn, second);
    expect(await importAgain()).toMatchObject({ found: 6, added: 1, known: 5, skipped: [] });
    expect(await outcomes()).toMatchObject({ 'red/1.png': 'added', 'red/0.png': 'known' });
    // Its former content no longer exists anywhere.
    expect(await places()).toHaveLength(6);
  });

  it('two exchanged files of the same size and time keep the labels of their contents', async () => {
    await begin('exchanged');
    const [first = '', second = ''] = await writeImages(join(folder, 'exchanged drawn'), 2, 7);
    const length = Math.max((await stat(first)).size, (await stat(second)).size);
    const paths = [join(images, 'one', 'a.png'), join(images, 'two', 'b.png')] as const;
    for (const [index, drawn] of [first, second].entries()) {
      const path = paths[index] ?? '';
      await mkdir(dirname(path), { recursive: true });
      // Any bytes may follow the end of a PNG.
      const bytes = await readFile(drawn);
      await writeFile(path, Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]));
      await utimes(path, 1000, 1000);
    }
    expect(await importAgain('folders')).toMatchObject({ added: 2 });
    const named = async (): Promise<Record<string, number[]>> => {
      const page = { project, filter: {}, offset: 0, limit: 10 };
      const { images: all } = await engine.call('image.page', page);
      return Object.fromEntries(all.map(({ name, classes }) => [name, classes]));
    };
    const before = await named();
    const [one, two] = paths;
    await rename(one, `${one}.aside`);
    await rename(two, one);
    await rename(`${one}.aside`, two);
    expect(await importAgain()).toMatchObject({ added: 0, known: 2, moved: 2 });
    expect(await named()).toEqual({
      'one/a.png': before['two/b.png'],
      'two/b.png': before['one/a.png'],
    });
  });

  it('each of hundreds of files is recognised', async () => {
    await begin('many');
    const [first = ''] = await writeImages(join(folder, 'many drawn'), 1, 9);
    const bytes = await readFile(first);
    for (let index = 0; index < 400; index++) {
      // Any bytes may follow the end of a PNG, which gives many contents.
      const own = Buffer.concat([bytes, Buffer.from(`${index}`)]);
      await writeFile(join(images, `${index}.png`), own);
    }
    expect(await importAgain()).toMatchObject({ added: 400 });
    const all = { project, filter: { report: null }, offset: 0, limit: 1 };
    const { counts } = await engine.call('image.files', all);
    expect(counts).toMatchObject({ added: 400, known: 0 });
    for (const index of [0, 40, 300, 399]) await spoil(join(images, `${index}.png`));
    expect(await importAgain()).toMatchObject({ known: 400, skipped: [] });
  });

  it('slices of volumes are recognised as well', async () => {
    await begin('slices');
    const values = Array.from({ length: 4 * 4 * 3 }, (_, index) => index);
    const path = join(images, 'scan.nii');
    await writeFile(path, niftiFile({ type: 'uint8', shape: [4, 4, 3], values }));
    expect(await importAgain()).toMatchObject({ found: 3, added: 3, known: 0 });
    await spoil(path);
    expect(await importAgain()).toMatchObject({ found: 3, added: 0, known: 3, skipped: [] });
    const { images: all } = await engine.call('image.page', {
      ...{ project, filter: {}, offset: 0, limit: 10 },
    });
    // Images removed from the project are imported again on request.
    await engine.call('image.remove', { project, images: [all[1]?.id ?? 0] });
    await writeFile(path, niftiFile({ type: 'uint8', shape: [4, 4, 3], values }));
    expect(await importAgain()).toMatchObject({ found: 3, added: 1, known: 2 });
  });

  it('labels can be added later to imported files', async () => {
    await begin('later');
    const [first = ''] = await writeImages(images, 2, 2);
    await importAgain('none');
    await spoil(first);
    expect(await importAgain('folders')).toMatchObject({ known: 6, skipped: [] });
    expect(await engine.call('project.get', { project })).toMatchObject({ labelled: 6 });
  });

  it('moved files are recognised, also if a copy was already imported', async () => {
    await begin('moved');
    const [first = '', second = ''] = await writeImages(images, 1, 3);
    const copy = join(images, 'copy.png');
    await copyFile(first, copy);
    await importAgain();
    expect(await outcomes()).toMatchObject({ 'copy.png': 'added', 'red/0.png': 'known' });
    await unlink(copy);
    await rename(second, join(images, 'elsewhere.png'));
    expect(await importAgain()).toMatchObject({ found: 3, added: 0, known: 3, moved: 2 });
    expect(await places()).toEqual(['blue/0.png', 'elsewhere.png', 'red/0.png']);
    expect(await outcomes()).toEqual({
      ...{ 'blue/0.png': 'known', 'elsewhere.png': 'moved', 'red/0.png': 'moved' },
    });
  });

  it('a file swapped for an imported copy keeps its image', async () => {
    await begin('swapped');
    const [first = '', second = ''] = await writeImages(images, 1, 4);
    const copy = join(images, 'copy.png');
    await copyFile(first, copy);
    await importAgain();
    const before = await places();
    await copyFile(second, copy);
    expect(before).toEqual(['blue/0.png', 'copy.png', 'green/0.png']);
    await importAgain();
    expect(await places()).toEqual(['blue/0.png', 'green/0.png', 'red/0.png']);
  });

  it('skipped files are tried again when the folder is imported again', async () => {
    await begin('skipped');
    const [first = ''] = await writeImages(images, 1, 6);
    const whole = await readFile(first);
    await writeFile(first, whole.subarray(0, 100));
    await writeFile(join(images, 'notes.txt'), 'none');
    expect(await importAgain()).toMatchObject({ found: 3, added: 2, skipped: [{ path: first }] });
    const seen = { 'red/0.png': 'skipped', 'notes.txt': 'other' };
    expect(await outcomes()).toMatchObject(seen);
    expect(await importAgain()).toMatchObject({ found: 3, known: 2, skipped: [{ path: first }] });
    await writeFile(first, whole);
    expect(await importAgain()).toMatchObject({ found: 3, added: 1, known: 2, skipped: [] });
    const [report] = await engine.call('image.reports', { project });
    expect(await outcomes({ report: report?.id ?? 0, show: 'added' })).toEqual({
      'red/0.png': 'added',
    });
    expect(await outcomes({ search: 'NOTES' })).toEqual({ 'notes.txt': 'other' });
    await rm(join(images, 'notes.txt'));
    await importAgain();
    expect(await outcomes({ search: 'notes' })).toEqual({});
  });

  it('no file outside the folder is read', async () => {
    await begin('links');
    await writeImages(images, 1, 7);
    const outside = join(folder, 'private');
    const [secret = ''] = await writeImages(outside, 1, 8);
    await symlink(outside, join(images, 'folder'));
    await symlink(secret, join(images, 'file.png'));
    await symlink(join(images, 'red'), join(images, 'inside'));
    await symlink(images, join(images, 'red', 'round'));
    await symlink(join(folder, 'nowhere'), join(images, 'broken.png'));
    const report = await importAgain();
    expect(report).toMatchObject({ found: 4, added: 3, known: 1 });
    const reasons = new Map(report.skipped.map(({ path, reason }) => [path, reason]));
    expect([...reasons.keys()].sort()).toEqual(
      ['broken.png', 'file.png', 'folder', 'inside/round', 'red/round'].map((name) =>
        join(images, name),
      ),
    );
    expect(reasons.get(join(images, 'file.png'))).toMatch(/a link to a place outside the folder/);
    expect(reasons.get(join(images, 'folder'))).toMatch(/a link to a place outside the folder/);
    expect(reasons.get(join(images, 'red/round'))).toMatch(/a link to a folder that contains it/);
    expect(reasons.get(join(images, 'broken.png'))).toMatch(
      /a link to a file or folder that does not exist/,
    );
  });
});
