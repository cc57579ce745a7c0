import { describe, expect, it } from 'vitest';
import { findNamedImages } from './match-images.ts';

const find = (
  named: readonly string[],
  found: readonly string[],
): { byImage: Record<string, string>; problems: [path: string, reason: string][] } => {
  const images = found.map((name) => ({ name, path: name }));
  const search = { images, path: 'file.json' };
  const { byImage, problems } = findNamedImages(named, (name) => name, search);
  return {
    byImage: Object.fromEntries(byImage),
    problems: problems.map(({ path, reason }) => [path, reason]),
  };
};

describe('images by names in a file', () => {
  it.each([
    ['the same path', 'a/x.png', 'a/x.png'],
    ['a folder above', 'set/a/x.png', 'a/x.png'],
    ['a folder below', 'x.png', 'a/x.png'],
    ['paths of Windows', '.\\a\\x.png', 'a/x.png'],
    ['letters written in two ways', 'e\u0301.png', '\u00e9.png'],
  ])('are found by %s', (_, name, image) => {
    expect(find([name], [image])).toEqual({ byImage: { [image]: name }, problems: [] });
  });

  it('are found quickly if all have the same file name, as with one folder per case', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `case ${index}/image.png`);
    const { byImage, problems } = find(
      names.map((name) => `data/${name}`),
      names,
    );
    expect([Object.keys(byImage).length, problems]).toEqual([names.length, []]);
    const deep = `${'a/'.repeat(500_000)}case 7/image.png`;
    expect(find([deep], names).byImage).toEqual({ 'case 7/image.png': deep });
  });

  it('use the better match', () => {
    expect(find(['a/x.png', 'x.png'], ['x.png']).byImage).toEqual({ 'x.png': 'x.png' });
    expect(find(['x.png', 'a/x.png'], ['x.png']).byImage).toEqual({ 'x.png': 'x.png' });
    const both = find(['test/x.png', 'train/x.png'], ['test/x.png']);
    expect(both.byImage).toEqual({ 'test/x.png': 'test/x.png' });
  });

  it('are not used if several match one image', () => {
    const { byImage, problems } = find(['train/x.png', 'test/x.png'], ['x.png']);
    expect(byImage).toEqual({});
    expect(problems).toEqual([['x.png', expect.stringMatching(/more than one entry/)]]);
  });

  it('are reported if only the file name matches', () => {
    const { byImage, problems } = find(['train/x.png'], ['test/x.png']);
    expect(byImage).toEqual({ 'test/x.png': 'train/x.png' });
    expect(problems).toEqual([
      ['file.json', expect.stringMatching(/^One image .* \(train\/x\.png is test\/x\.png\)/)],
    ]);
  });

  it('are counted if they do not exist', () => {
    expect(find(['x.png', 'y.png'], ['x.png']).problems).toEqual([
      ['file.json', expect.stringMatching(/^1 of the 2 images/)],
    ]);
  });
});
