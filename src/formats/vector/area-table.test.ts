import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { collected, memoryMask } from '../masks/testing/memory-mask.ts';
import { areaRows, areaTable } from './area-table.ts';
import { nowhere, type MaskPlace } from './place.ts';

const classes = [
  { value: 1, name: 'lesion, "old"', colour: null },
  { value: 2, name: null, colour: null },
  { value: 3, name: '=1+1', colour: null },
];
const drawn = Uint8Array.from([1, 1, 0, 2, 1, 0, 255, 9]);
const size = { width: 4, height: 2 };

async function table(place: MaskPlace, pixels = drawn, frame?: number): Promise<string[][]> {
  const mask = memoryMask(pixels, size, classes);
  const rows = await areaRows({ file: 'a/b.tif', frame, mask, place });
  const text = (await collected(areaTable(rows))).toString('utf8');
  expect(text).toMatch(/^\u{feff}file,frame,class,value,pixels,mm²,m²,ha,share\r\n/u);
  return parse(text.slice(1)).slice(1);
}

describe('a table of areas', () => {
  it('has a row for each class, for background and for unknown pixels', async () => {
    expect(await table(nowhere)).toEqual([
      ['a/b.tif', '', 'background', '0', '2', '', '', '', '0.285714285714'],
      ['a/b.tif', '', 'lesion, "old"', '1', '3', '', '', '', '0.428571428571'],
      ['a/b.tif', '', 'class 2', '2', '1', '', '', '', '0.142857142857'],
      ['a/b.tif', '', "'=1+1", '3', '0', '', '', '', '0'],
      ['a/b.tif', '', 'class 9', '9', '1', '', '', '', '0.142857142857'],
      ['a/b.tif', '', 'not known', '255', '1', '', '', '', ''],
    ]);
  });

  it.each<[string, MaskPlace, string[][]]>([
    [
      'mm',
      { geo: null, spacing: { x: 0.5, y: 0.25, unit: 'mm' } },
      [
        ['0.375', '', ''],
        ['0', '', ''],
      ],
    ],
    [
      'metres',
      { geo: { crs: 'EPSG:25832', transform: [20, 0, 5e5, 0, -10, 5e6] }, spacing: null },
      [
        ['', '600', '0.06'],
        ['', '0', '0'],
      ],
    ],
    [
      'feet of the file itself',
      {
        geo: { crs: 'a projection without a name', transform: [10, 0, 0, 0, -10, 0] },
        spacing: { x: 3.048, y: 3.048, unit: 'm' },
      },
      [
        ['', '27.870912', '0.0027870912'],
        ['', '0', '0'],
      ],
    ],
    [
      'no known unit',
      { geo: { crs: null, transform: [10, 0, 0, 0, -10, 0] }, spacing: null },
      [
        ['', '', ''],
        ['', '', ''],
      ],
    ],
  ])('states areas in %s', async (_, place, wanted) => {
    const rows = await table(place, drawn, 4);
    expect(rows.every((row) => row[1] === '5')).toBe(true);
    const cells = ['1', '3'].map((value) => rows.find((row) => row[3] === value)?.slice(5, 8));
    expect(cells).toEqual(wanted);
  });

  it.each(['two\nlines.png', 'two\rlines.png', 'two\r\nlines.png'])(
    'keeps %j in one cell',
    async (file) => {
      const rows = await areaRows({ file, mask: memoryMask(drawn, size, []), place: nowhere });
      const text = (await collected(areaTable(rows))).toString('utf8');
      const cells = parse(text.slice(1), { record_delimiter: ['\r\n', '\n', '\r'] }).slice(1);
      expect(cells.map(([name]) => name)).toEqual(rows.map(() => file));
    },
  );

  it('has no shares if no pixel is known', async () => {
    const rows = await table(nowhere, new Uint8Array(8).fill(255));
    expect(rows.map((row) => row[8])).toEqual(['', '', '', '', '']);
  });
});
