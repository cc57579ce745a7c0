import { describe, expect, it } from 'vitest';
import { skippedList } from './skipped.ts';

function widthOf(report: string): number {
  return Math.max(...report.split('\n').map((line) => line.length));
}

describe('skippedList', () => {
  it('breaks long lines, keeps reasons whole, and is empty without files', () => {
    expect(skippedList([])).toBe('');
    const path = `in/${'x'.repeat(60)}.png`;
    const list = skippedList([{ path, reason: `${'is cut off '.repeat(19)}copy it again.` }]);
    expect(widthOf(list)).toBeLessThanOrEqual(100);
    expect(list).toContain(`  ${path}:\n    is cut off`);
    expect(list).toContain('copy it again.');
  });

  it('lists a file once', () => {
    const list = skippedList([
      { path: '/a/b.png', reason: '/a/b.png is not an image. Remove it.' },
    ]);
    expect(list).toBe('\n1 file left out:\n  /a/b.png: is not an image. Remove it.\n');
  });

  it('counts folders as folders', () => {
    const folder = { path: 'in/masks', reason: 'it holds masks', isFolder: true };
    const list = (...more: { path: string; reason: string }[]): string | undefined =>
      skippedList([folder, ...more]).split('\n')[1];
    expect(list()).toBe('1 folder left out:');
    expect(list({ path: 'a.png', reason: 'x' }, { path: 'b.png', reason: 'x' })).toBe(
      '2 files and 1 folder left out:',
    );
    expect(list({ path: 'a.nii#2', reason: 'x' })).toBe('1 image and 1 folder left out:');
  });

  it('groups slices of a file that have the same reason', () => {
    const slices = Array.from({ length: 30 }, (_, at) => ({
      path: `dose.dcm#${at + 1}`,
      reason: at === 7 ? 'it is empty' : `dose.dcm#${at + 1} has no place`,
    }));
    const list = skippedList([...slices, { path: 'c.png', reason: 'it is damaged' }]);
    expect(list.split('\n').slice(1)).toEqual([
      '31 images left out:',
      '  dose.dcm, 29 slices: has no place',
      '  dose.dcm#8: it is empty',
      '  c.png: it is damaged',
      '',
    ]);
  });

  it('states how many files are not listed', () => {
    const files = Array.from({ length: 23 }, (_, at) => ({ path: `${at}.png`, reason: 'empty' }));
    expect(skippedList(files)).toContain('\n  and 3 more; --json lists all\n');
  });
});
