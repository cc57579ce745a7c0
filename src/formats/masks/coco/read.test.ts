import { describe, expect, it } from 'vitest';
import { testFolder } from '../../raster/testing/test-folder.ts';
import type { OpenMask } from '../mask-source.ts';
import { openCocoMasks } from './read.ts';

const folder = testFolder();
const size = { width: 8, height: 6 };
const image = { id: 1, file_name: 'a.png', ...size };
const whole = [0, 0, 8, 0, 8, 6, 0, 6];
const annotation = { id: 9, image_id: 1, category_id: 2, segmentation: [whole] as unknown };
const coco = { images: [image], categories: [{ id: 2, name: 'x' }], annotations: [annotation] };
const found = { name: 'a.png', path: '/data/a.png' };

let count = 0;
async function read(content: unknown, names = [found]): Promise<OpenMask | undefined> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const path = await folder.file(`${count++}.json`, Buffer.from(text));
  const source = await openCocoMasks({ path, folder: '/data', found: names, property: null });
  return source.maskFor({ ...found, ...size });
}
const annotated = (change: object): unknown => ({
  ...coco,
  annotations: [{ ...annotation, ...change }],
});

it('finds the annotations of an image when one list writes its id as text', async () => {
  const tileOf = async (content: unknown): Promise<Uint8Array | null | undefined> =>
    (await read(content))?.tile(0, 0);
  const tile = await tileOf(coco);
  expect(tile?.[0]).toBe(1);
  expect(await tileOf(annotated({ image_id: '1' }))).toEqual(tile);
});

describe('what is wrong with a COCO file', () => {
  it.each([
    ['no JSON', '{"images": [', /not valid JSON/],
    ['numbers that JSON has not', '{"images": [NaN]}', /not valid JSON/],
    ['text of another encoding', '\ufffd', /not valid JSON/],
    ['very deep lists', '['.repeat(1_000_000), /not valid JSON/],
    ['a list', '[]', /not a JSON object/],
    ['no categories', { ...coco, categories: undefined }, /are missing/],
    ['an image without a name', { ...coco, images: [{ id: 1 }] }, /no file_name/],
    ['panoptic annotations', annotated({ segments_info: [] }), /panoptic/],
    [
      'two images of one id',
      { ...coco, images: [image, { ...image, file_name: 'b.png' }] },
      /two images have the id 1/,
    ],
    [
      'two categories of one id',
      { ...coco, categories: [...coco.categories, { id: 2, name: 'y' }] },
      /two categories have the id 2/,
    ],
    [
      'more categories than values',
      { ...coco, categories: Array.from({ length: 255 }, (_, id) => ({ id, name: `${id}` })) },
      /255 categories/,
    ],
  ])('%s: the whole file is refused', async (_, content, words) => {
    await expect(read(content)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(words) as string,
    });
  });

  it.each([
    [
      'another size',
      { ...coco, images: [{ ...image, width: 9 }] },
      /9 × 6 pixels for a\.png, but the image has 8 × 6/,
    ],
    ['a category that is not listed', annotated({ category_id: 3 }), /category 3/],
    [
      'a box alone',
      annotated({ segmentation: undefined, bbox: [0, 0, 1, 1] }),
      /neither an outline/,
    ],
    ['no outline', annotated({ segmentation: [] }), /neither an outline/],
    ['two points', annotated({ segmentation: [[0, 0, 1, 1]] }), /fewer than three/],
    [
      'something that is no number',
      annotated({ segmentation: [[0, 0, 1, null, 1, 1]] }),
      /a value that is not a number/,
    ],
    ['points far away', annotated({ segmentation: [[0, 0, 1e9, 0, 1, 1]] }), /far outside/],
    [
      'runs of another size',
      annotated({ segmentation: { size: [8, 6], counts: [48] } }),
      /6 × 8 pixels, but the image has 8 × 6/,
    ],
    [
      'runs that end early',
      annotated({ segmentation: { size: [6, 8], counts: [40] } }),
      /do not fill/,
    ],
    [
      'runs that are damaged',
      annotated({ segmentation: { size: [6, 8], counts: 'P' } }),
      /damaged/,
    ],
  ])('%s: that mask is refused', async (_, content, words) => {
    await expect(read(content)).rejects.toMatchObject({
      name: 'UserError',
      code: 'invalid-labels',
      message: expect.stringMatching(words) as string,
    });
  });

  it('a name shared by several images: none gets the mask', async () => {
    const other = { name: 'b/a.png', path: '/data/b/a.png' };
    const twice = [{ ...found, name: 'c/a.png' }, other];
    expect(await read(coco, twice)).toBeUndefined();
  });

  it('long outlines are refused before they are traced', async () => {
    const zigzag = Array.from({ length: 200_000 }, (_, at) => [at % 2 ? -2e3 : 4e3, 1]).flat();
    const large = { ...image, width: 4000 };
    const content = { ...(annotated({ segmentation: [zigzag] }) as object), images: [large] };
    const path = await folder.file('long.json', Buffer.from(JSON.stringify(content)));
    const source = await openCocoMasks({ path, folder: '/data', found: [found], property: null });
    await expect(source.maskFor({ ...found, width: 4000, height: 6 })).rejects.toMatchObject({
      code: 'too-large',
    });
  });

  it('overlapping classes are noted, and the later one is used', async () => {
    const two = { ...coco, categories: [...coco.categories, { id: 5, name: 'y' }] };
    const over = { ...annotation, category_id: 5, segmentation: [[0, 0, 4, 0, 4, 6, 0, 6]] };
    const mask = await read({ ...two, annotations: [annotation, over] });
    const tile = await mask?.tile(0, 0);
    expect([...(tile?.subarray(0, 9) ?? [])]).toEqual([2, 2, 2, 2, 1, 1, 1, 1, 0]);
    expect(mask?.notes()).toEqual([
      'classes overlap in 24 pixels; the later one in the file was used',
    ]);
  });
});
