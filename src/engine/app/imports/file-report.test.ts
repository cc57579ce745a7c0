import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { ImportedFile } from '../../../contract/app.ts';
import { csvOf } from './file-report.ts';

const file = (name: string, more: Partial<ImportedFile> = {}): ImportedFile => ({
  path: `/scans/${name}`,
  folder: '/scans',
  name,
  outcome: 'added',
  reason: null,
  ...more,
});
const textOf = (files: readonly ImportedFile[]): string =>
  Buffer.concat([...csvOf(files)]).toString('utf8');

test('a table is read unchanged by spreadsheets', () => {
  const names = ['a, b.png', 'say "x".png', 'two\nlines.png', '图像.png', 'é.png'];
  const text = textOf(names.map((name) => file(name)));
  expect(text.startsWith('\u{feff}folder,file,result,reason\r\n')).toBe(true);
  expect(parse(text, { bom: true, columns: true, record_delimiter: '\r\n' })).toEqual(
    names.map((name) => ({ folder: '/scans', file: name, result: 'imported', reason: '' })),
  );
});

test.each(['=1+1', '+1+1', '-1-1', '@sum', '\tx', '=HYPERLINK("http://x")'])(
  '%s is not computed by spreadsheets',
  (name) => {
    const rows: string[][] = parse(textOf([file(name, { reason: name, folder: null })]), {
      bom: true,
    });
    expect(rows[1]).toEqual(['', `'${name}`, 'imported', `'${name}`]);
  },
);

test('a table may have more rows than are encoded together', () => {
  const files = Array.from({ length: 2500 }, (_, index) =>
    file(`${index}.png`, { outcome: 'skipped', reason: 'is empty' }),
  );
  const rows: string[][] = parse(textOf(files), { bom: true });
  expect(rows).toHaveLength(2501);
  expect(rows.at(-1)).toEqual(['/scans', '2499.png', 'skipped', 'is empty']);
});
