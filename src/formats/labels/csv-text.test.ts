import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellText, csvText } from './csv-text.ts';
import { labelCell, parseLabelRows } from './label-rows.ts';

test.each([
  '=1+1',
  '+cmd',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1',
  '-',
  '--',
  "'=1",
  '=HYPERLINK("x")',
])('protects a cell with %j from being computed, and reads it back the same', (cell) => {
  const [[written]] = parse(csvText([[cell]])) as [[string]];
  expect(written === '-' || !/^[=+\-@\t\r\n＝]/.test(written)).toBe(true);
  expect(cellText(written)).toBe(cell);
});

test.each(['-5', '+5', '-1.25', '-.5', '-1e-3', '12', '-'])('keeps %j unchanged', (cell) => {
  expect(csvText([[cell]])).toBe(`${cell}\r\n`);
});

test('reads every row back, whatever it contains', () => {
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom("'", '-', '=', '+', '@', '\t', '\r', '\n', '"', ',', '1', 'e', ' '),
    }),
  );
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 4 }), (row) => {
      const [read = []] = parse(csvText([row]));
      expect(read.map(cellText)).toEqual(row);
    }),
  );
});

test('reads labels back whatever the classes are called', () => {
  const name = fc
    .oneof(fc.string(), fc.string({ unit: fc.constantFrom("'", '-', '=', '+', '@', '1') }))
    .map((text) => text.replaceAll(/[|;]/g, '').trim())
    .filter((text) => text !== '');
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 3 }), (labels) => {
      const text = csvText([
        ['path', 'label'],
        ['=a.png', labelCell(labels)],
      ]);
      const [row] = parseLabelRows(text, 'labels.csv');
      expect(row).toMatchObject({ path: '=a.png', labels, isLabelled: true });
    }),
  );
});
