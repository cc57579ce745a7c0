import { describe, expect, it } from 'vitest';
import {
  count,
  counted,
  day,
  duration,
  gigabytes,
  megabytes,
  ordinal,
  parameters,
  percentRange,
  roughDuration,
  rounded,
  significant,
  twoDigits,
  written,
} from './format.ts';

describe('roughDuration', () => {
  it.each([
    [0, 'a few seconds'],
    [7.9, 'a few seconds'],
    [8, 'about 10 s'],
    [44, 'about 40 s'],
    [56, 'about 1 min'],
    [89, 'about 1 min'],
    [91, 'about 2 min'],
    [3560, 'about 59 min'],
    [3599, 'about 1 h'],
    [7800, 'about 2 h 10 min'],
    [7150, 'about 2 h'],
    [45_000, 'about 13 h'],
  ])('says %d s as %s', (seconds, text) => {
    expect(roughDuration(seconds)).toBe(text);
  });
});

it.each([
  [5_400_000, '5.4 million'],
  [303_301_632, '303 million'],
  [820_400, '820 thousand'],
  [999_600, '1 million'],
  [812, '812'],
])('parameters %d are %s', (value, text) => {
  expect(written(parameters(value))).toBe(text);
});

it.each([
  [21_634_000, '21.6 MB'],
  [1_213_000_000, '1,213 MB'],
  [12_130_000_000, '12.1 GB'],
])('%d bytes are %s', (bytes, text) => {
  expect(written(megabytes(bytes))).toBe(text);
});

it('writes memory in gigabytes from one gigabyte on', () => {
  expect(written(gigabytes(9_810_000_000))).toBe('9.8 GB');
  expect(written(gigabytes(412_000_000))).toBe('412 MB');
});

it.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [11, '11th'],
  [12, '12th'],
  [22, '22nd'],
])('ordinal of %d', (value, text) => {
  expect(ordinal(value)).toBe(text);
});

it('groups, counts and rounds', () => {
  expect(count(1204)).toBe('1,204');
  expect(counted(1, 'image')).toBe('1 image');
  expect(counted(1204, 'image')).toBe('1,204 images');
  expect(counted(0, 'class', 'classes')).toBe('0 classes');
  expect(significant(0.81234)).toBe('0.812');
  expect(significant(1204.4)).toBe('1,204');
  expect(percentRange(0.866, 0.92)).toBe('86.6–92.0');
  expect(twoDigits(0.002149)).toBe('0.0021');
  expect(rounded(1.94)).toBe('1.9');
  expect(rounded(9.96)).toBe('10');
  expect(rounded(11.7)).toBe('12');
  expect(duration(511)).toBe('8 min 31 s');
  expect(duration(7265)).toBe('2 h 1 min');
});

it.each([
  ['2026-03-12T08:00:00', 'today'],
  ['2026-03-11T23:59:00', 'yesterday'],
  ['2026-03-09T01:00:00', '3 days ago'],
  ['2026-01-02T01:00:00', '2 Jan 2026'],
])('says when %s was, on 12 March', (time, text) => {
  expect(day(time, new Date('2026-03-12T12:00:00'))).toBe(text);
});
