import { describe, expect, it } from 'vitest';
import type { FolderContents } from '../../../contract/app.ts';
import { sourcesOf } from './sources.ts';

function contents(change: Partial<FolderContents> = {}): FolderContents {
  return {
    images: 40,
    hasVolumes: false,
    test: 0,
    masks: 0,
    labelled: 0,
    classCount: 0,
    classes: [],
    table: null,
    maskSources: [],
    inner: null,
    ...change,
  };
}
const classes = (count: number, images: number): Partial<FolderContents> => ({
  classCount: count,
  labelled: images,
  classes: Array.from({ length: count }, (_, index) => ({ name: `c${index}`, images: 1 })),
});
const values = (change: Partial<FolderContents>): string[] =>
  sourcesOf(contents(change)).map(({ value }) => value);
const why = (change: Partial<FolderContents>, source: string): string =>
  sourcesOf(contents(change)).find(({ value }) => value === source)?.why ?? '';

describe('for segmentation', () => {
  it('class folders are not labels', () => {
    const found = sourcesOf(contents({ ...classes(3, 40), table: '/data/a.csv' }), 'segmentation');
    expect(found.map(({ value }) => value)).toEqual(['none', 'csv']);
  });
});

describe('sources of labels', () => {
  it.each([
    ['class folders', classes(3, 40), ['folders', 'csv', 'none']],
    ['a flat folder', {}, ['none', 'csv']],
    ['a table in it', { table: '/data/labels.csv' }, ['csv', 'none']],
    ['both', { ...classes(3, 40), table: '/data/labels.csv' }, ['csv', 'folders', 'none']],
    ['images beside masks', { masks: 40 }, ['none', 'csv']],
    ['folders of patients', classes(30, 40), ['none', 'folders', 'csv']],
  ])('with %s', (_, change, expected) => {
    expect(values(change)).toEqual(expected);
  });

  it('names the first classes, and counts the others', () => {
    expect(why(classes(2, 40), 'folders')).toBe('2 classes: c0, c1.');
    expect(why(classes(6, 40), 'folders')).toBe('6 classes: c0, c1, c2, c3 and 2 more.');
  });

  it('warns about what may be unexpected', () => {
    expect(why(classes(1, 40), 'folders')).toContain('At least two classes are needed');
    expect(why(classes(2, 37), 'folders')).toContain('3 images');
    expect(why(classes(30, 40), 'folders')).toContain('a patient');
    expect(why({ table: '/data/labels.csv' }, 'csv')).toContain('labels.csv');
  });
});
