import { expect, it } from 'vitest';
import { fileKindOf, baseName, projectNameOf, whatDropped } from './dropped.ts';

const folder = (path: string) => ({ path, isFolder: true });
const file = (path: string) => ({ path, isFolder: false });

it.each([
  ['nothing with a place', [], { kind: 'nothing' }],
  ['a folder', [folder('/data/scans')], { kind: 'folder', folder: '/data/scans' }],
  ['a file', [file('/data/scans/1.png')], { kind: 'files', count: 1, folder: '/data/scans' }],
  [
    'files of one folder, on Windows',
    [file('C:\\scans\\1.png'), file('C:\\scans\\2.png')],
    { kind: 'files', count: 2, folder: 'C:\\scans' },
  ],
  [
    'files of two folders',
    [file('/a/1.png'), file('/b/1.png')],
    { kind: 'files', count: 2, folder: null },
  ],
  [
    'two folders of one',
    [folder('/data/cats'), folder('/data/dogs')],
    { kind: 'folders', count: 2, folder: '/data' },
  ],
  ['a folder and a file', [folder('/a/b'), file('/a/c.png')], { kind: 'files', folder: '/a' }],
  ['a file that nothing holds', [file('/1.png')], { kind: 'files', count: 1, folder: null }],
])('%s', (_, items, dropped) => {
  expect(whatDropped(items)).toMatchObject(dropped);
});

it.each([
  ['/a/broken.jpg', 'image'],
  ['/a/IM0001', 'image'],
  ['/a/1.2.840.10008', 'image'],
  ['C:\\a\\Report.PDF', 'other'],
  ['/a/model.pt', 'teacher'],
  ['/a/masks.zip', 'archive'],
])('%s may be: %s', (path, kind) => {
  expect(fileKindOf(path)).toBe(kind);
});

it.each([
  ['/home/someone/scans', 'scans'],
  ['/home/someone/scans/', 'scans'],
  ['D:\\scans 2026', 'scans 2026'],
  ['/', '/'],
])('%s is called %s', (path, name) => {
  expect(baseName(path)).toBe(name);
});

it.each([
  ['/home/someone/scans', 'scans'],
  ['/data/nuclei/train/images', 'nuclei'],
  ['D:\\eurosat\\test', 'eurosat'],
  ['/data/train', 'train'],
])('a project of %s would be called %s', (path, name) => {
  expect(projectNameOf(path)).toBe(name);
});
