import { Linter } from 'eslint';
import { describe, expect, it } from 'vitest';
import { linearExpressions } from './linear-expressions.ts';
import { searchProblem } from './search-time.ts';

function messagesFor(code: string): (string | undefined)[] {
  const plugins = { understudy: { rules: { 'linear-expressions': linearExpressions } } };
  const rules = { 'understudy/linear-expressions': 'error' } as const;
  const found = new Linter().verify(code, { plugins, rules });
  return found.map(({ messageId }) => messageId);
}

// Expressions that were once applied to texts from files, with a text of 20 KB to 1 MB that blocked the program for a
// minute or more.
const slow: readonly [expression: RegExp, problem: ReturnType<typeof searchProblem>][] = [
  [/[|\0\s]+$/, 'search'],
  [/<(?:\w+:)?Pixels\b[^>]*>/, 'search'],
  [/<Item\b([^>]*)>([^<]*)<\/Item>/g, 'search'],
  [/\0+$/, 'search'],
  [/\.(rel_pos_[hw]|rel_pos\.\w.*)$/, 'search'],
  [/^(.*\S)[\s,;:]+#([0-9a-f]{6})$/i, 'polynomial'],
  [/^(.+?)[\s,;]+(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})$/, 'polynomial'],
  [/^(\d{1,5})(?:\s*[:,;=]\s*|\s+)(\D.*)$/, 'polynomial'],
  [/^[^.]*(token|pos)[^.]*$/, 'polynomial'],
  [/^(?:.*\/)?SegmentationClass\/(.+)\.png$/, 'polynomial'],
  [/\s*[-–]\s*/g, 'search'],
  [/^\s*\s*$/, 'polynomial'],
  [/x*y/, 'search'],
  [/(?<!x)[a-z]+1/, 'search'],
  [/(?:a|aa)+$/, 'exponential'],
  [/^(?:\w+\s?)+$/, 'exponential'],
  [/^(?:(?:a+)+)b/, 'exponential'],
  [/^(["'])(.*)\1$/s, 'unknown'],
  [/(?<=a.*)b/, 'unknown'],
  [/a(?=\s*\s*b)/, 'polynomial'],
];

const quick: readonly RegExp[] = [
  /(^|\.)blocks\.\d+\.attn\./,
  /^unit=(.*)$/m,
  /[^/]+/g,
  /\s+$/y,
  /\s+/,
  /^\s*(?:<\?xml|<svg)/,
  /(?<=[^\s_-])[\s_-]+(?=[^\s_-])/g,
  /\bsample="(\d+)"/,
  /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i,
  /^(?:a{2,4}b)*$/,
  /\p{L}+/u,
];

describe('searchProblem', () => {
  it.each(slow.map(([{ source, flags }, problem]) => [source, flags, problem]))(
    'determines the time of /%s/%s: %s',
    (source, flags, problem) => {
      expect(searchProblem(source, flags)).toBe(problem);
    },
  );

  it.each(quick.map(({ source, flags }) => [source, flags]))(
    'lets /%s/%s pass',
    (source = '', flags = '') => {
      expect(searchProblem(source, flags)).toBeNull();
    },
  );
});

describe('the lint rule', () => {
  it('refuses slow expressions, and those that cannot be checked', () => {
    expect(messagesFor('text.replace(/\\0+$/, "")')).toEqual(['superlinear']);
    expect(messagesFor('new RegExp(`${name}+$`)')).toEqual(['composed']);
    expect(messagesFor('RegExp("a")')).toEqual(['composed']);
    expect(messagesFor('/^a+$/.test(text)')).toEqual([]);
  });
});
