import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { FileFilter, ImportReport } from '../../contract/app.ts';
import { addProject, newImage } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';
import type { Store } from '../store.ts';
import type { FileRecord } from './import-files.ts';

const scans = resolve('/scans');
const all: FileFilter = { report: null, show: 'all', search: '' };

function addReport(store: Store, project: number, folder = scans): number {
  const report: ImportReport = {
    project,
    folder,
    found: 1,
    added: 1,
    known: 0,
    moved: 0,
    copies: 0,
    masks: 0,
    masksLeftOut: 0,
    lost: 0,
    skipped: [],
    cancelled: false,
  };
  return store.imports.add(report);
}

function record(path: string, change: Partial<FileRecord> = {}): FileRecord {
  const sha256 = createHash('sha256').update(path).digest();
  const stamp = { bytes: 10, modified: 5, inode: 7 };
  return { path, outcome: 'added', reason: null, stamp, sha256, images: 1, ...change };
}

function opened(): { store: Store; project: number; report: number } {
  const store = temporaryStore();
  const { id: project } = addProject(store);
  return { store, project, report: addReport(store, project) };
}

test('returns pages by path, with counts of all outcomes', () => {
  const { store, project, report } = opened();
  const skipped = { outcome: 'skipped', reason: 'is empty', sha256: null, images: 0 } as const;
  store.importFiles.put(project, report, [
    record(join(scans, 'b', '2.png')),
    record(join(scans, 'b', '10.png'), skipped),
    record(join(scans, 'a.txt'), { ...skipped, outcome: 'other' }),
  ]);
  const page = store.importFiles.page(project, all, 0, 2);
  expect(page.counts).toEqual({ added: 1, known: 0, moved: 0, skipped: 1, other: 1 });
  expect(page.total).toBe(3);
  expect(page.files.map(({ name }) => name)).toEqual(['a.txt', 'b/10.png']);
  expect(store.importFiles.page(project, all, 2, 2).files).toMatchObject([{ name: 'b/2.png' }]);
  const left = store.importFiles.page(project, { ...all, show: 'skipped' }, 0, 9);
  expect(left).toMatchObject({ total: 1, files: [{ name: 'b/10.png', reason: 'is empty' }] });
  expect([...store.importFiles.all(project, { ...all, show: 'skipped' })]).toEqual(left.files);
  expect(store.importFiles.leftOut(project)).toBe(1);
  expect(store.importFiles.page(project, { ...all, report: report + 1 }, 0, 9).total).toBe(0);
});

test('a search ignores case and the encoding of accents', () => {
  const { store, project, report } = opened();
  store.importFiles.put(project, report, [record(join(scans, 'E\u0301TE\u0301.png'))]);
  const found = (search: string): number =>
    store.importFiles.page(project, { ...all, search }, 0, 9).total;
  expect(['\u00e9t\u00e9', 'ÉTÉ', 'ete', '%'].map(found)).toEqual([1, 1, 0, 0]);
});

test('files seen by a later import belong to it; unseen ones are forgotten, except in other folders', () => {
  const { store, project, report } = opened();
  const other = addReport(store, project, resolve('/scans 2'));
  const paths = ['1.png', '2.png'].map((name) => join(scans, name));
  store.importFiles.put(project, report, [...paths.map((path) => record(path))]);
  store.importFiles.put(project, other, [record(resolve('/scans 2', '1.png'))]);
  const later = addReport(store, project);
  store.importFiles.recordUnchanged(project, later, paths.slice(0, 1));
  store.importFiles.forgetUnseen(project, scans, later);
  const page = store.importFiles.page(project, all, 0, 9);
  expect(page.files).toMatchObject([
    { path: resolve('/scans 2', '1.png'), outcome: 'added' },
    { path: paths[0], outcome: 'known' },
  ]);
  expect(store.importFiles.page(project, { ...all, report: later }, 0, 9).total).toBe(1);
});

test('files outlive old reports, and are removed with their project', () => {
  const { store, project, report } = opened();
  store.importFiles.put(project, report, [record(join(scans, '1.png'))]);
  for (let count = 0; count < 25; count++) addReport(store, project, resolve('/other'));
  const [file] = store.importFiles.page(project, all, 0, 9).files;
  expect(file).toMatchObject({ folder: null, name: join(scans, '1.png') });
  store.projects.remove(project);
  expect(store.importFiles.page(project, all, 0, 9).total).toBe(0);
});

test('finds the images with a file’s content, and further files with it', () => {
  const { store, project, report } = opened();
  const [one, copy] = [join(scans, 'one.png'), join(scans, 'copy.png')];
  const { sha256 } = newImage('one.png', {}, 'x');
  const rows = [newImage('one.png', { folder: scans }, 'x')];
  const [image] = store.images.add(project, rows);
  const id = image?.id ?? 0;
  store.importFiles.put(project, report, [record(one, { sha256 }), record(copy, { sha256 })]);
  const found = [{ id, frame: null, folder: scans, name: 'one.png' }];
  expect(store.importFiles.known(project, [copy, join(scans, 'new.png')])).toEqual([
    { path: copy, outcome: 'added', bytes: 10, modified: 5, inode: 7, images: 1, found },
  ]);
  store.importFiles.put(project, report, [record(one)]);
  expect(store.importFiles.elsewhere(project, [id])).toEqual([
    { id, frame: null, path: copy, modified: 5 },
  ]);
});
