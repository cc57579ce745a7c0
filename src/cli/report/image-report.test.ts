import { describe, expect, it } from 'vitest';
import { cells, plain, widthOf } from '../testing/reports.ts';
import { imageResult } from '../testing/results.ts';
import { imageReport } from './image-report.ts';

describe('imageReport', () => {
  const report = imageReport('tile.tif', imageResult, plain);

  it.each([
    ['Format', 'TIFF'],
    ['Size', '10,980 × 5,490 px'],
    ['Bands', '13 (not colours); bands 1, 2, 3 are used as red, green, blue by default'],
    ['Values', 'uint16, 0 to 28000, mean 1234.568'],
    ['Nodata', '0'],
    ['Spacing', '10 × 10 m'],
    ['Rescale', '0.0001 · v - 0.1'],
    ['Rescaled', '-0.1 to 2.7, mean 0.02345679'],
    ['Windows', '-160 to 240, soft tissue'],
    ['-1350 to 150'],
    ['Coordinates', 'EPSG:32633'],
    ['Transform', '10, 0, 600000, 0, -10, 5100000.25'],
    ['Levels', '10980 × 5490, 5490 × 2745'],
    ['- The last strip is cut short.'],
  ])('shows %s', (...row) => {
    expect(cells(report, row[0])).toEqual(row);
  });

  it('omits properties that the file does not state', () => {
    const bare = { crs: null, transform: null, nodata: null, spacing: null };
    const plainValues = { rescale: null, rescaled: null, windows: [], min: null, max: null };
    const rest = { ...plainValues, levels: [], notes: [] };
    const text = imageReport('x', { ...imageResult, ...bare, ...rest }, plain);
    expect(
      text
        .split('\n')
        .slice(2)
        .map((line) => line.split(' ')[0]),
    ).toEqual([...['Format', 'Size', 'Bands', 'Values']]);
    expect(text).toContain('uint16, no finite values');
  });

  it('reports the orientation of a volume, and its number of frames', () => {
    const lies = { orientation: 'LAS', shape: [4, 5, 6, 20], zooms: [1, 1, 2.5, 2], frames: 120 };
    const text = imageReport('x', { ...imageResult, ...lies }, plain);
    expect(cells(text, 'Orientation')?.[1]).toBe('LAS, 4 × 5 × 6 × 20 voxels of 1 × 1 × 2.5 × 2');
    expect(cells(text, 'Size')?.[1]).toBe('10,980 × 5,490 px, 120 frames');
  });

  it('lists bands with their names in several lines, and marks the alpha band', () => {
    const bandNames = ['B02', null, ...Array.from({ length: 10 }, () => 'reflectance'), null];
    const text = imageReport('x', { ...imageResult, bandNames, alpha: 13 }, plain);
    expect(cells(text, 'Alpha')?.[1]).toMatch(/^band 13 \(opacity\)$/);
    expect(cells(text, 'Names')?.[1]).toMatch(/^1 B02, 2 unnamed, 3 reflectance, .*,$/);
    expect(text).toMatch(/^ +7 reflectance,.* 11 reflectance,\n +12 reflectance, 13 alpha$/m);
  });

  it('reports that infinite values were left out', () => {
    const text = imageReport('x', { ...imageResult, infinite: 2 }, plain);
    expect(cells(text, 'Values')?.[1]).toBe(
      'uint16, 0 to 28000, mean 1234.568; 2 infinite values left out',
    );
  });

  it('marks figures after slope and intercept, and infinite ones', () => {
    const scaled = { format: 'nifti', rescaled: null, max: null, mean: null } as const;
    const text = imageReport('x', { ...imageResult, ...scaled }, plain);
    expect(cells(text, 'Values')?.[1]).toBe(
      'uint16, 0 to infinite, mean infinite, after slope and intercept',
    );
    expect(cells(text, 'Rescaled')).toBeUndefined();
  });

  it('is at most 100 columns wide and replaces control characters of the file', () => {
    const notes = ['long '.repeat(60)];
    const text = imageReport(
      'x',
      { ...imageResult, crs: `\u001b[2J${'x'.repeat(500)}`, notes },
      plain,
    );
    expect(widthOf(text)).toBeLessThanOrEqual(100);
    expect(text).not.toContain('\u001b');
  });
});
