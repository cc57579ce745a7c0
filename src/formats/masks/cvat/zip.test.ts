import { describe, expect, it } from 'vitest';
import { testFolder } from '../../raster/testing/test-folder.ts';
import { openCvatMasks } from './read.ts';
import { openZip } from './zip.ts';
import { zipFile } from './zip-fixtures.ts';

const folder = testFolder();
const limits = { entries: 3, bytes: 1000 };
const hello = { name: 'a/b.txt', content: Buffer.from('hello') };

describe('archives', () => {
  it('return their files by name', async () => {
    const zip = await openZip(await folder.file('good.zip', zipFile([hello])));
    expect(zip.names).toEqual(['a/b.txt']);
    expect((await zip.read('a/b.txt')).toString()).toBe('hello');
    await expect(zip.read('c')).rejects.toThrow(/holds no c/);
    await zip.close();
  });

  it.each([
    ['nothing', Buffer.alloc(0), /not a valid ZIP/],
    ['another file', Buffer.from('PK is how it begins, and no more'), /not a valid ZIP/],
    ['the first half', zipFile([hello]).subarray(0, 40), /not a valid ZIP/],
    ['a name that leads out', zipFile([{ ...hello, name: '../b.txt' }]), /not a valid ZIP/],
    ['a name from the root', zipFile([{ ...hello, name: '/etc/b.txt' }]), /not a valid ZIP/],
    [
      'too many files',
      zipFile(['1', '2', '3', '4'].map((name) => ({ ...hello, name }))),
      /4 files/,
    ],
  ])('of %s are refused', async (name, bytes, words) => {
    const path = await folder.file(`${name}.zip`, bytes);
    await expect(openZip(path, limits)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(words) as string,
    });
  });

  it('with a directory beyond 2^53 are refused without ending the process', async () => {
    // The locator of ZIP64, and an end that says nothing else.
    const locator = Buffer.alloc(20);
    locator.write('PK\x06\x07', 'latin1');
    locator.writeBigUInt64LE(2n ** 60n, 8);
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    const path = await folder.file('far.zip', Buffer.concat([locator, end]));
    await expect(openZip(path)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it.each([
    ['is encrypted', { ...hello, isEncrypted: true }, /is encrypted/],
    ['says that it is large', { ...hello, size: 10_000 }, /10000 bytes after decompression/],
    [
      'is larger than it says',
      { name: 'bomb', content: Buffer.alloc(50_000_000), size: 500 },
      /not a valid ZIP/,
    ],
    ['is smaller than it says', { ...hello, size: 900 }, /not a valid ZIP/],
  ])('refuse a file that %s', async (name, entry, words) => {
    const zip = await openZip(await folder.file(`${name}.zip`, zipFile([entry])), limits);
    await expect(zip.read(entry.name)).rejects.toThrow(words);
    await zip.close();
  });

  it('without masks are refused, and a file that is not a mask is reported', async () => {
    const request = { folder: folder.path, found: [], property: null };
    const path = await folder.file('none.zip', zipFile([hello]));
    await expect(openCvatMasks({ ...request, path })).rejects.toThrow(/SegmentationClass/);
    const name = 'SegmentationClass/x.png';
    const bad = await folder.file('bad.zip', zipFile([{ ...hello, name }]));
    const found = [{ name: 'x.jpg', path: '/x.jpg' }];
    const source = await openCvatMasks({ ...request, found, path: bad });
    expect(source.problems).toMatchObject([
      { path: name, reason: expect.stringMatching(/not a PNG/) as string },
    ]);
    expect(await source.maskFor({ ...hello, path: '/x.jpg', width: 1, height: 1 })).toBeUndefined();
    await source.close();
  });
});
