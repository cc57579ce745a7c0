import { describe, expect, it } from 'vitest';
import { unquoted, withoutEnd } from './scan.ts';

describe('withoutEnd', () => {
  it.each([
    ['', ''],
    ['\0\0', ''],
    ['WGS 84|\0', 'WGS 84'],
    ['a|b', 'a|b'],
    ['|a', '|a'],
  ])('removes the end of %j', (text, wanted) => {
    expect(withoutEnd(text, /[|\0\s]/)).toBe(wanted);
  });
});

describe('unquoted', () => {
  it.each([
    ['"a"', 'a'],
    ["'a b'", 'a b'],
    ['""', ''],
    ['"', '"'],
    [`"a'`, `"a'`],
    ['a', 'a'],
    ['"a" "b"', 'a" "b'],
    ['"a\nb"', 'a\nb'],
  ])('removes the quotation marks of %j', (text, wanted) => {
    expect(unquoted(text)).toBe(wanted);
  });
});
