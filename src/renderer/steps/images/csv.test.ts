import { expect, it } from 'vitest';
import { toCsv } from './csv.ts';

it('quotes what would be read as something else', () => {
  expect(
    toCsv([
      ['a', 'b,c'],
      ['say "x"', 'two\nlines'],
    ]),
  ).toBe('a,"b,c"\r\n"say ""x""","two\nlines"\r\n');
});
