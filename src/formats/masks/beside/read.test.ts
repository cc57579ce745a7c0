import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharp } from '../../libvips.ts';
import { findImages } from '../../image-folder.ts';
import { pngFile } from '../../testing/image-fixtures.ts';
import { testFolder } from '../../raster/testing/test-folder.ts';
import { drawn } from '../../raster/testing/reading.ts';
import { findMasksBeside, openMasksBeside } from './read.ts';

const test = testFolder();
const draw = drawn(7);
const side = 24;
const size = { width: side, height: side };

type Make = (extension: string) => Promise<Buffer>;

async function encoded(values: readonly number[], extension: string): Promise<Buffer> {
  if (extension === 'png') return pngFile({ ...size, channels: 1, bits: 8, values });
  const raw = { ...size, channels: 1 } as const;
  const image = sharp(Uint8Array.from(values), { raw }).toColourspace('b-w');
  const format = extension === 'jpg' ? 'jpeg' : 'tiff';
  return image.toFormat(format, format === 'tiff' ? { compression: 'lzw' } : {}).toBuffer();
}

const all = (value: (at: number) => number): number[] =>
  Array.from({ length: side * side }, (_, at) => value(at));
/** Picture like that of a camera or a scanner: almost every pixel has a shade of its own. */
const photograph: Make = (extension) =>
  encoded(
    all(() => draw(256)),
    extension,
  );
const mask: Make = (extension) =>
  encoded(
    all((at) => (at % side < 9 ? 255 : 0)),
    extension,
  );
const softMask: Make = (extension) =>
  encoded(
    all((at) => Math.min(255, (at % side) * 13)),
    extension,
  );

let count = 0;
async function folderOf(files: Readonly<Record<string, Make>>): Promise<string> {
  const folder = `beside-${count++}`;
  for (const [name, make] of Object.entries(files)) {
    await mkdir(join(test.path, folder, dirname(name)), { recursive: true });
    await test.file(join(folder, name), await make(name.slice(name.lastIndexOf('.') + 1)));
  }
  return join(test.path, folder);
}

async function found(files: Readonly<Record<string, Make>>): Promise<Record<string, string>> {
  const folder = await folderOf(files);
  const masks = await findMasksBeside(await findImages(folder));
  const name = (path: string): string => path.slice(folder.length + 1);
  return Object.fromEntries([...masks].map(([path, one]) => [name(path), name(one.path)]));
}

describe('masks among images', () => {
  it.each<[string, string, string]>([
    ['another extension', '1.jpg', '1.png'],
    ['another extension, whichever comes first', '1.png', '1.tif'],
    ['a word behind the name', '1.png', '1_mask.png'],
    ['a word behind, with a dash', '1.jpg', '1-mask.png'],
    ['seg', '1.png', '1_seg.png'],
    ['a word before the name', '1.png', 'mask_1.png'],
    ['another extension and a word', '1.jpg', '1_label.tif'],
    ['a folder below', '1.png', 'labels/1.png'],
    ['a folder below, and a word', 'a/1.jpg', 'a/gt/1_mask.png'],
    ['a folder beside, and another extension', 'x/1.jpg', 'x/segmentation/1.png'],
  ])('are found by %s', async (_, image, label) => {
    const more = (name: string): string => name.replace(/1(?=[^/]*$)/, '22');
    const files = {
      [image]: photograph,
      [label]: mask,
      [more(image)]: photograph,
      [more(label)]: mask,
    };
    expect(await found(files)).toEqual({ [image]: label, [more(image)]: more(label) });
  });

  it.each<[string, Record<string, Make>]>([
    ['photographs saved twice', { '1.jpg': photograph, '1.png': photograph }],
    ['grey radiographs saved twice', { '1.tif': photograph, '1.png': photograph }],
    ['binary scans saved twice', { '1.tif': mask, '1.png': mask }],
    ['binary scans alone', { '1.png': mask, '2.png': mask }],
    ['photographs that are called labels', { '1.jpg': photograph, '1_label.jpg': photograph }],
    ['words that belong to no image', { 'mask_1.png': mask, '2.png': photograph }],
    ['a word in the name of all', { 'gt_1.png': photograph, 'gt_2.png': photograph }],
    [
      'pairs of which too few look so',
      {
        '1.jpg': photograph,
        '1.png': mask,
        '2.jpg': photograph,
        '2.png': photograph,
      },
    ],
  ])('%s stay images', async (_, files) => {
    expect(await found(files)).toEqual({});
  });

  it('are no masks if their size differs', async () => {
    const small: Make = () =>
      Promise.resolve(
        pngFile({
          width: 3,
          height: 3,
          channels: 1,
          bits: 8,
          values: new Array<number>(9).fill(0),
        }),
      );
    expect(await found({ '1.jpg': photograph, '1.png': small })).toEqual({});
    expect(await found({ '1.jpg': photograph, '1_mask.png': small })).toEqual({});
  });

  it('with soft edges are masks if their names say so', async () => {
    expect(await found({ '1.png': photograph, '1_mask.png': softMask })).toEqual({
      '1.png': '1_mask.png',
    });
  });

  it('are a source, whose files do not count as images', async () => {
    const folder = await folderOf({ '1.png': photograph, '1_mask.png': mask, '2.png': photograph });
    const images = await findImages(folder);
    const source = await openMasksBeside({ path: folder, folder, found: images, property: null });
    expect([...source.claimed].map((path) => basename(path))).toEqual(['1_mask.png']);
    expect(source).toMatchObject({ kind: 'beside', images: 1, classes: [{ number: 255 }] });
    const open = await source.maskFor({ name: '1.png', path: join(folder, '1.png'), ...size });
    expect([...((await open?.tile(0, 0)) ?? []).slice(7, 11)]).toEqual([1, 1, 0, 0]);
    await open?.close();
  });
});
