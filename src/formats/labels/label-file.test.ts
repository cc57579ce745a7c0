import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { readLabelFile } from './label-file.ts';
import type { LabelledImages } from './labelled-images.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-labels-'));
  await mkdir(join(folder, 'tables'));
});
afterAll(() => rm(folder, { recursive: true }));

const names = ['a.png', 'b, c.png', 'sub/d.png', 'sub/é.png', 'tables/e.png'];

/** Labels the five images with a CSV in `tables`; images are known by name only. */
async function labelled(csv: string | Uint8Array): Promise<LabelledImages> {
  const path = join(folder, 'tables', 'labels.csv');
  await writeFile(path, csv);
  const images = names.map((name) => ({ name, path: join(folder, ...name.split('/')) }));
  return readLabelFile(path, folder, images);
}

async function labelsByName(csv: string | Uint8Array): Promise<Record<string, readonly string[]>> {
  const { images } = await labelled(csv);
  return Object.fromEntries(
    images.filter(({ labels }) => labels.length > 0).map(({ name, labels }) => [name, labels]),
  );
}

describe('forms that mean the same', () => {
  const expected = { 'a.png': ['x'], 'b, c.png': ['y z'] };
  test.each([
    ['comma', 'path,label\na.png,x\n"b, c.png",y z\n'],
    ['semicolon', 'path;label\na.png;x\nb, c.png;y z\n'],
    ['tab', 'path\tlabel\na.png\tx\nb, c.png\ty z'],
    ['CRLF, quotes and blank lines', '"path","label"\r\n\r\n"a.png","x"\r\n"b, c.png","y z"\r\n'],
    ['byte order mark', '\ufeffpath,label\na.png,x\n"b, c.png",y z\n'],
    ['order, case and spaces', ' Label , PATH \n x , a.png \ny z,"b, c.png"\n'],
    ['rows that repeat', 'path,label\na.png,x\n"b, c.png",y z\n./a.png,x\n'],
  ])('%s', async (_name, csv) => {
    expect(await labelsByName(csv)).toEqual(expected);
  });
});

test('accepts paths with either slash, from the images or from the file, with composed accents or not', async () => {
  const csv = 'path,label\nsub\\d.png,x\ne.png,y\n../a.png,z\nsub/e\u0301.png,w\n';
  expect(await labelsByName(csv)).toEqual({
    'sub/d.png': ['x'],
    'tables/e.png': ['y'],
    'a.png': ['z'],
    'sub/é.png': ['w'],
  });
});

test('reads several labels, none, groups and splits', async () => {
  const csv =
    'path,label,split,group\na.png,x|y;x,train,007\nsub/d.png,,,\n"b, c.png",z,,p\nsub/e\u0301.png,-,,\n';
  const { images, classes, problems } = await labelled(csv);
  expect(images.slice(0, 3)).toMatchObject([
    { name: 'a.png', labels: ['x', 'y'], group: '007', split: 'train' },
    { name: 'b, c.png', labels: ['z'], group: 'p', split: undefined },
    { name: 'sub/d.png', labels: [], isLabelled: false, group: undefined, split: undefined },
  ]);
  expect(images[3]).toMatchObject({ name: 'sub/é.png', labels: [], isLabelled: true });
  expect(images).toHaveLength(names.length);
  expect(classes).toEqual(['x', 'y', 'z']);
  expect(problems).toEqual([]);
});

test('lists rows without an image', async () => {
  const { problems } = await labelled('path,label\na.png,x\n\ngone.png,y\n');
  expect(problems).toEqual([
    { path: 'gone.png', reason: expect.stringContaining('line 4 of labels.csv') as string },
  ]);
});

describe('refusals', () => {
  test.each([
    ['empty', '', /is empty/],
    ['only a header', 'path,label\n', /no rows/],
    ['no header', 'a.png,x\n', /has the header "a.png,x"/],
    ['column missing', 'path,group\na.png,x\n', /has the header "path,group"/],
    ['column unknown', 'path,label,gruop\na.png,x,p\n', /has the header "path,label,gruop"/],
    ['column twice', 'path,label,label\na.png,x,y\n', /has the header/],
    ['field missing', 'path,label\na.png,x\n"b, c.png"\n', /line 3/],
    ['quote open', 'path,label\na.png,"x\n', /line 2/],
    ['path missing', 'path,label\na.png,x\n,y\n', /no path in line 3/],
    ['no image found', 'path,label\nq.png,x\nr.png,y\n', /None of the 2 images/],
    ['labels differ', 'path,label\na.png,x\n\n./a.png,y\n', /"x" \(line 2\) and "y" \(line 4\)/],
    ['one label is empty', 'path,label\na.png,x\na.png,\n', /"x" \(line 2\) and "" \(line 3\)/],
    ['none of them, and one', 'path,label\na.png,x|-\n', /both labels and "-", .*in line 2/],
    ['one is none of them', 'path,label\na.png,\na.png,-\n', /"" \(line 2\) and "-" \(line 3\)/],
    ['groups differ', 'path,label,group\na.png,x,p\na.png,x,q\n', /two different groups/],
    ['Latin-1', Buffer.from('path,label\na.png,\xe9\n', 'latin1'), /not UTF-8/],
    ['UTF-16', Buffer.from('\ufeffpath,label\na.png,x\n', 'utf16le'), /not UTF-8/],
  ])('%s', async (_name, csv, pattern) => {
    const error = { name: 'UserError', code: 'invalid-labels' };
    await expect(labelled(csv)).rejects.toMatchObject(error);
    await expect(labelled(csv)).rejects.toThrow(pattern);
    await expect(labelled(csv)).rejects.toThrow(join(folder, 'tables', 'labels.csv'));
  });

  test('accepts repeated labels in another order', async () => {
    expect(await labelsByName('path,label\na.png,x|y\na.png,y|x\n')).toEqual({
      'a.png': ['x', 'y'],
    });
  });

  test('refuses a file that is too large or missing, and a folder', async () => {
    const path = join(folder, 'large.csv');
    await writeFile(path, 'path,label\n');
    await truncate(path, 64 * 2 ** 20 + 1);
    await expect(readLabelFile(path, folder, [])).rejects.toMatchObject({ code: 'too-large' });
    const missing = join(folder, 'missing.csv');
    await expect(readLabelFile(missing, folder, [])).rejects.toMatchObject({ code: 'not-found' });
    await expect(readLabelFile(folder, folder, [])).rejects.toMatchObject({ code: 'invalid-file' });
  });

  test('any text results in a UserError or labels', async () => {
    const piece = fc.constantFrom(
      'path',
      'label',
      'a.png',
      ',',
      ';',
      '\t',
      '"',
      '\n',
      '|',
      ' ',
      'é',
    );
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), fc.boolean(), async (pieces, headed) => {
        try {
          await labelled((headed ? 'path,label\n' : '') + pieces.join(''));
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(0);
  });
});
