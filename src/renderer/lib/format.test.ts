import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatDay, formatSeconds, plural } from './format.ts';

describe('numbers for a person', () => {
  it('groups thousands and counts one as one', () => {
    expect(formatCount(50_000)).toBe('50,000');
    expect(plural(1, 'image', 'images')).toBe('1 image');
    expect(plural(1204, 'image', 'images')).toBe('1,204 images');
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [999.7, '1 kB'],
    [12_440_000, '12.4 MB'],
    [343_000_000, '343 MB'],
    [2.5e9, '2.5 GB'],
  ])('writes %d bytes as %s', (bytes, written) => {
    expect(formatBytes(bytes)).toBe(written);
  });

  it.each([
    [0.2, 'less than 1 s'],
    [7.4, '7 s'],
    [42, '40 s'],
    [58, '1 min'],
    [241, '4 min'],
    [3600, '1 h'],
    [7800, '2 h 10 min'],
  ])('writes %d seconds as %s', (seconds, written) => {
    expect(formatSeconds(seconds)).toBe(written);
  });

  it.each([
    ['2026-03-12T08:00:00', 'today'],
    ['2026-03-11T23:59:00', 'yesterday'],
    ['2026-03-09T01:00:00', '3 days ago'],
    ['2026-01-02T01:00:00', '2 Jan 2026'],
  ])('says when %s was, on 12 March', (iso, said) => {
    expect(formatDay(iso, new Date('2026-03-12T12:00:00'))).toBe(said);
  });
});
