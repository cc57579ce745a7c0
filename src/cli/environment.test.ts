import { describe, expect, it } from 'vitest';
import { MemoryOutput } from './testing/memory-output.ts';
import { fitted, textColumns } from './environment.ts';

it.each<[number | undefined, number]>([
  [undefined, 100],
  [0, 80],
  [200, 100],
  [80, 80],
  [3, 40],
])('a terminal of %s columns gets text of %i columns', (columns, expected) => {
  expect(textColumns(new MemoryOutput(columns))).toBe(expected);
});

describe('fitted', () => {
  const text = `${'word '.repeat(20)}end\nsecond line`;

  it('breaks the lines of a terminal', () => {
    const lines = fitted(text, new MemoryOutput(60)).split('\n');
    expect(lines.map((line) => line.length <= 60)).toEqual([true, true, true]);
  });

  it('leaves the lines of a log whole', () => {
    expect(fitted(text, new MemoryOutput())).toBe(text);
  });
});
