import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const engine = 'src/engine';

/** Folders of the engine, the lowest first: each may import from itself and from those listed before it. */
const rooms = [
  '.',
  'files',
  'devices',
  'catalogue',
  'teachers',
  'images',
  'image-pool',
  'models',
  'distill',
  'label-export',
  'tasks/classification',
  'tasks/segmentation/data',
  'tasks/segmentation/predict',
  'tasks/segmentation',
  'tasks',
  'speed',
  'worker',
  'suggest',
  'device-choice',
  'app/viewing',
  'app/labelling',
  'app/teachers',
  'app/imports',
  'app/runs',
  'app',
  'jobs',
];
/** Maximum number of files in a folder, without tests: more than that cover more than one topic. */
const mostFiles = 25;

const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(ts|svelte)$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((path) => !path.includes('.test.') && !path.split('/').includes('testing'));

/** Returns the folder of the list that a file of the engine belongs to: the longest one that contains it. */
function roomOf(path: string): string {
  const folder = relative(engine, dirname(path)) || '.';
  const holding = rooms.filter((room) => folder === room || folder.startsWith(`${room}/`));
  return holding.sort((a, b) => b.length - a.length)[0] ?? folder;
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  const names = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, name = '']) => name);
  return names.map((name) => normalize(join(dirname(path), name)));
}

test('folders of the engine import only folders below them', () => {
  const wrong = sources
    .filter((path) => path.startsWith(`${engine}/`))
    .flatMap((path) => {
      const own = rooms.indexOf(roomOf(path));
      expect(own, `${path} is in no room of the list`).not.toBe(-1);
      return importsOf(path)
        .filter((name) => name.startsWith(`${engine}/`) && rooms.indexOf(roomOf(name)) > own)
        .map((name) => `${path} → ${name}`);
    });
  expect(wrong).toEqual([]);
});

describe('folders', () => {
  const files = new Map<string, number>();
  for (const path of sources) files.set(dirname(path), (files.get(dirname(path)) ?? 0) + 1);
  const folders = new Set([...files.keys()].map((folder) => dirname(folder)));

  test(`have at most ${mostFiles} files of their own`, () => {
    const large = [...files].filter(([, count]) => count > mostFiles);
    expect(large).toEqual([]);
  });

  test('have more than one file, or folders of their own', () => {
    // The preload script has to be a single file.
    const single = [...files].filter(
      ([folder, count]) => count === 1 && !folders.has(folder) && folder !== 'src/preload',
    );
    expect(single).toEqual([]);
  });
});
