import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pngFile, tiffFile, words, type PixelSpec } from '../../testing/image-fixtures.ts';
import { sharp } from '../../libvips.ts';
import { proposeTargets } from '../../../core/mask/match-classes.ts';
import type { FoundImage } from '../../labels/labelled-images.ts';
import { niftiFile } from '../../raster/nifti/nifti-fixtures.ts';
import { doubles, short, tiffBytes } from '../../testing/tiff-fixtures.ts';
import { drawn } from '../../raster/testing/reading.ts';
import { testFolder } from '../../raster/testing/test-folder.ts';
import type { MaskSource } from '../mask-source.ts';
import { collected, memoryMask } from '../testing/memory-mask.ts';
import { openPairedMasks } from './read.ts';
import { pngOfMask } from './write-png.ts';

const test = testFolder();
const draw = drawn(5);
const size = { width: 3, height: 1 };
const mask = (values: readonly number[], channels: 1 | 3 | 4 = 1, bits: 8 | 16 = 8): Buffer => {
  const pixels: PixelSpec = { ...size, channels, bits, values };
  return pngFile(pixels);
};

/** Mask as exported here, with PASCAL VOC's colour for unknown pixels. */
const voidMask = await collected(
  pngOfMask(
    memoryMask(Uint8Array.of(0, 255, 0), size, [{ value: 1, name: 'nucleus', colour: null }]),
  ),
);

let count = 0;
/** Images that need not exist, and masks and lists next to them. */
async function open(files: Readonly<Record<string, Uint8Array | string>>): Promise<MaskSource> {
  const folder = join(test.path, String(count++));
  const found: FoundImage[] = [];
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, dirname(name)), { recursive: true });
    const path = await test.file(join(String(count - 1), name), Buffer.from(content));
    if (!/\.(?:txt|json)$/.test(name)) found.push({ name, path });
  }
  for (const { name } of [...found]) {
    const image = name.replace('masks/', 'images/').replace(/\.[^/]*$/, '.jpg');
    found.push({ name: image, path: join(folder, image) });
  }
  return openPairedMasks({ path: folder, folder, found, property: null });
}

/** Returns the values of the first mask, or the reason it has none. */
async function first(source: MaskSource): Promise<number[] | string> {
  const { path, reason } = source.problems[0] ?? {};
  if (path !== undefined) return reason ?? '';
  const [claimed = ''] = source.claimed;
  const image = claimed.replace('/masks/', '/images/').replace(/\.[^/]*$/, '.jpg');
  const read = await source.maskFor({ name: image, path: image, ...size });
  const tile = await read?.tile(0, 0);
  await read?.close();
  return [...(tile?.subarray(0, 3) ?? [0, 0, 0])];
}

describe('the meaning of mask values', () => {
  it.each([
    ['0 and 255: one class', { 'masks/a.png': mask([0, 255, 0]) }, [0, 1, 0], [255]],
    [
      'numbers, and 255, of which nothing says that it is no class',
      { 'masks/a.png': mask([4, 255, 9]) },
      [1, 3, 2],
      [4, 9, 255],
    ],
    ['0, 128 and 255: two classes', { 'masks/a.png': mask([0, 128, 255]) }, [0, 1, 2], [128, 255]],
    [
      'numbers of a list, and 255, which it does not name',
      { 'masks/a.png': mask([1, 255, 0]), 'classes.txt': 'background\nnucleus' },
      [1, 2, 0],
      [1, 255],
    ],
    [
      '0 and 255, which the palette draws as nothing known',
      { 'masks/a.png': voidMask, 'labelmap.txt': 'background:0,0,0::\nnucleus:1,2,3::' },
      [0, 2, 0],
      [1, 255],
    ],
    [
      '0 and 255 where another has 3 as well',
      { 'masks/a.png': mask([0, 255, 0]), 'masks/b.png': mask([0, 3, 255]) },
      [0, 2, 0],
      [3, 255],
    ],
    [
      '0 and 255 where others have more and a list says that nothing is known there',
      {
        'masks/a.png': mask([0, 255, 0]),
        'masks/b.png': mask([0, 3, 0]),
        'classes.txt': '255 ignore',
      },
      [0, 255, 0],
      [3],
    ],
    [
      '255 or 0 alone, where others have numbers',
      {
        'masks/a.png': mask([255, 255, 255]),
        'masks/b.png': mask([0, 0, 0]),
        'masks/c.png': mask([0, 1, 0]),
      },
      [2, 2, 2],
      [1, 255],
    ],
    ['numbers of 16 bits', { 'masks/a.png': mask([0, 2, 200], 1, 16) }, [0, 1, 2], [2, 200]],
    [
      'grey saved as colours',
      { 'masks/a.png': mask([0, 0, 0, 7, 7, 7, 0, 0, 0], 3) },
      [0, 1, 0],
      [7],
    ],
    [
      'a list that begins with a class',
      { 'masks/a.png': mask([0, 1, 0]), 'classes.txt': '0 water\n1 land' },
      [1, 2, 1],
      [0, 1],
    ],
    [
      'a list of one class, and masks of 0 and 255',
      { 'masks/a.png': mask([0, 255, 0]), 'classes.txt': 'background\nnucleus' },
      [0, 1, 0],
      [255],
    ],
    [
      'colours of a list, and those that are not in it',
      { 'masks/a.png': mask([0, 0, 0, 1, 2, 3, 4, 5, 6], 3), 'masks/labelmap.txt': 'x:1,2,3::' },
      [0, 1, 2],
      [null, null],
    ],
    [
      'transparent, and PASCAL VOC’s colour for nothing known',
      { 'masks/a.png': mask([9, 9, 9, 0, 224, 224, 192, 255, 1, 2, 3, 255], 4) },
      [0, 2, 1],
      [null, null],
    ],
  ])('%s', async (_, files: Record<string, Uint8Array | string>, values, numbers) => {
    const source = await open(files);
    expect(source.problems).toEqual([]);
    expect(await first(source)).toEqual(values);
    expect(source.classes.map(({ number }) => number)).toEqual(numbers);
  });

  it('a palette that marks a value as unknown names it, so that ignoring it is proposed', async () => {
    const { classes } = await open({ 'masks/a.png': voidMask });
    expect(proposeTargets(classes, [])).toEqual(['ignore']);
    const colours = mask([0, 0, 0, 224, 224, 192, 1, 2, 3], 3);
    const { classes: drawn } = await open({ 'masks/a.png': colours });
    expect(proposeTargets(drawn, [])).toEqual([null, 'ignore']);
  });

  it('every value is listed with its share of the pixels, whatever it means', async () => {
    const files = {
      'masks/a.png': mask([0, 0, 255]),
      'masks/b.png': mask([0, 128, 7]),
      'masks/c.png': mask([128, 128, 128, 255, 9, 9, 9, 0, 255, 255, 255, 255], 4),
      'classes.txt': '7 background\n255 ignore',
    };
    const { table } = await open(files);
    expect(table?.stored).toEqual([
      { number: 0, colour: null, value: 0, share: 4 / 9, masks: 3 },
      { number: 255, colour: null, value: 255, share: 2 / 9, masks: 2 },
      { number: 128, colour: null, value: 1, share: 2 / 9, masks: 2 },
      { number: 7, colour: null, value: 0, share: 1 / 9, masks: 1 },
    ]);
    const { table: drawn } = await open({ 'masks/a.png': mask([1, 2, 3, 1, 2, 3, 4, 5, 6], 3) });
    expect(drawn?.stored).toEqual([
      { number: null, colour: '#010203', value: 1, share: 2 / 3, masks: 1 },
      { number: null, colour: '#040506', value: 2, share: 1 / 3, masks: 1 },
    ]);
  });

  it('shades of blurred edges are not classes, but object numbers are', async () => {
    const wide = { width: 400, height: 1, channels: 1, bits: 8 } as const;
    const row = (value: (at: number) => number): Buffer =>
      pngFile({ ...wide, values: Array.from({ length: 400 }, (_, at) => value(at)) });
    const soft = row((at) => (at < 200 ? 0 : at < 250 ? 5 * (at - 200) : 255));
    await expect(open({ 'masks/a.png': soft })).rejects.toThrow(
      /49 shades of a few pixels each between 0 and 255: their edges are blurred/,
    );
    const objects = await open({ 'masks/a.png': row((at) => Math.floor(at / 9)) });
    expect(objects.classes).toHaveLength(44);
  });

  it('names come from the list, whether or not a mask has the class', async () => {
    const source = await open({ 'masks/a.png': mask([0, 2, 0]), 'classes.txt': 'road\ncar\nbus' });
    expect(source.classes).toMatchObject([
      { name: 'road', count: 0 },
      { name: 'car', count: 1 },
      { name: 'bus', count: 0 },
    ]);
  });
  it('names of a folder for training come from the list one folder up', async () => {
    for (const [chosen, expected] of [
      ['train', ['water', 'land']],
      ['cells', [null]],
    ] as const) {
      const folder = join(test.path, `shared-${chosen}`, chosen);
      await test.file(join(`shared-${chosen}`, 'classes.txt'), Buffer.from('0 water\n1 land'));
      await mkdir(join(folder, 'masks'), { recursive: true });
      const path = await test.file(
        join(`shared-${chosen}`, chosen, 'masks/a.png'),
        mask([0, 1, 0]),
      );
      const found = [
        { name: 'masks/a.png', path },
        { name: 'images/a.jpg', path: join(folder, 'images', 'a.jpg') },
      ];
      const { classes } = await openPairedMasks({ path: folder, folder, found, property: null });
      expect(classes.map(({ name }) => name)).toEqual(expected);
    }
  });

  it('no list is read from outside the folder, nor a folder with the name of a list', async () => {
    const outside = await test.file('outside.txt', Buffer.from('secret'));
    const folder = join(test.path, 'linked');
    await mkdir(join(folder, 'masks'), { recursive: true });
    const path = await test.file('linked/masks/a.png', mask([0, 1, 0]));
    await symlink(outside, join(folder, 'masks', 'classes.txt'));
    await mkdir(join(folder, 'labels.txt'));
    const found = [
      { name: 'masks/a.png', path },
      { name: 'images/a.jpg', path: join(folder, 'images', 'a.jpg') },
    ];
    const source = await openPairedMasks({ path: folder, folder, found, property: null });
    expect(source.classes).toMatchObject([{ name: null, number: 1 }]);
  });
});

describe('files that are not masks', () => {
  const jpeg = (): Promise<Buffer> =>
    sharp({ create: { ...size, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
  const floats = tiffFile({
    ...size,
    channels: 1,
    bits: 32,
    photometric: 1,
    format: 3,
    data: new Uint8Array(Float32Array.of(0, 1, 0.5).buffer),
  });
  const bands = tiffFile({
    ...size,
    channels: 2,
    bits: 16,
    photometric: 1,
    extra: 1,
    data: words([0, 0, 1, 1, 2, 2]),
  });
  const noise = pngFile({
    width: 40,
    height: 40,
    channels: 3,
    bits: 8,
    values: Array.from({ length: 4800 }, () => draw(256)),
  });
  const volume = niftiFile({ shape: [3, 1, 1], type: 'uint8', values: [0, 1, 0] });

  it.each([
    ['a number beyond 255', 'a.png', mask([0, 300, 0], 1, 16), /the number 300/],
    ['half a number', 'a.tif', floats, /a value that is not a whole number \(0\.5\)/],
    [
      'half transparent',
      'a.png',
      mask([1, 2, 3, 255, 1, 2, 3, 128, 0, 0, 0, 255], 4),
      /partly transparent/,
    ],
    ['two bands', 'a.tif', bands, /2 bands/],
    ['too many colours', 'a.png', noise, /more than 256 colours/],
    ['cut short', 'a.png', mask([0, 1, 2]).subarray(0, 45), /a\.png/],
    ['empty', 'a.png', new Uint8Array(), /empty|not an image/],
  ])('%s is reported', async (_, name, bytes, wordsOf) => {
    expect(await first(await open({ [`masks/${name}`]: bytes }))).toMatch(wordsOf);
  });

  it('a JPEG is refused, since it changes values', async () => {
    expect(await first(await open({ 'masks/a.jpeg': await jpeg() }))).toMatch(
      /JPEG file, which changes/,
    );
  });

  it('a mask of another size, or a label map without its volume, is refused when requested', async () => {
    const wide = await open({
      'masks/a.png': pngFile({ width: 4, height: 1, channels: 1, bits: 8, values: [0, 1, 0, 0] }),
    });
    await expect(first(wide)).rejects.toThrow(/4 × 1 pixels, but its image has 3 × 1/);
    const source = await open({ 'masks/a.nii': volume });
    await expect(first(source)).rejects.toThrow(/not found|not a NIfTI volume/);
  });

  it('a raster at another position is refused, one that covers a part is not', async () => {
    const at = (east: number): Buffer => {
      const keys = [...[1, 1, 0, 2], ...[1024, 0, 1, 1], ...[3072, 0, 1, 32633]];
      const fields = [
        doubles(33550, 10, 10, 0),
        doubles(33922, 0, 0, 0, east, 5e6, 0),
        short(34735, ...keys),
      ];
      return tiffBytes([{ ...size, values: [1, 1, 1], fields }]);
    };
    const image = { name: 'images/g.jpg', path: await test.file('g.tif', at(5e5)), ...size };
    const tileOf = async (east: number): Promise<number[]> => {
      const path = await test.file(`mask ${east}.tif`, at(east));
      const found = [image, { name: 'masks/g.tif', path }];
      const folder = test.path;
      const source = await openPairedMasks({ path: folder, folder, found, property: null });
      const mask = await source.maskFor(image);
      const tile = await mask?.tile(0, 0);
      await mask?.close();
      return [...(tile?.subarray(0, 3) ?? [])];
    };
    expect(await tileOf(5e5 + 20)).toEqual([255, 255, 1]);
    await expect(tileOf(5e5 + 30)).rejects.toThrow(/does not overlap its image/);
  });

  it('two masks of one image: neither is used', async () => {
    const source = await open({ 'masks/a.png': mask([0, 1, 0]), 'masks/a.tif': floats });
    expect(source.images).toBe(0);
    expect(await first(source)).toMatch(/more than one mask/);
  });

  it('two different lists are refused, and so is one without numbers', async () => {
    const png = mask([0, 1, 0]);
    await expect(
      open({ 'masks/a.png': png, 'masks/classes.txt': 'a', 'classes.txt': 'b' }),
    ).rejects.toThrow(/two lists of classes that differ/);
    await expect(
      open({ 'masks/a.png': png, 'dataset.json': '{"labels": {"a": "first"}}' }),
    ).rejects.toThrow(/gives the label “first” no number/);
  });

  it.each([
    ['since version 2', { background: 0, a: 1, whole: [1, 2], b: [2], ignore: 3 }],
    ['before', { 0: 'background', 1: 'a', 2: 'b', 3: 'ignore' }],
    ['as a list', ['background', 'a', 'b', 'ignore']],
  ])("nnU-Net's labels are named %s", async (_, labels) => {
    const files = { 'masks/a.png': mask([1, 2, 3]), 'dataset.json': JSON.stringify({ labels }) };
    const source = await open(files);
    expect(await first(source)).toEqual([1, 2, 255]);
    expect(source.classes.map(({ name, number }) => [name, number])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });
});
