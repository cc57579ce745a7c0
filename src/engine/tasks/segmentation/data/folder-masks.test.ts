import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pngFile } from '../../../../formats/testing/image-fixtures.ts';
import { testFolder } from '../../../../formats/raster/testing/test-folder.ts';
import { openFolderMasks } from './folder-masks.ts';
import { trainedClasses, classValueTable } from './mask-classes.ts';

const folder = testFolder();
const { signal } = new AbortController();
const size = { width: 8, height: 8, channels: 1, bits: 8 } as const;
const flat = (value: number): Buffer =>
  pngFile({ ...size, values: Array.from({ length: 64 }, (_, at) => (at < 20 ? value : 0)) });

async function withPolygons(name: string, properties: object): ReturnType<typeof openFolderMasks> {
  await folder.file(join(name, 'a.png'), flat(9));
  const ring = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 0],
  ];
  const geometry = { type: 'Polygon', coordinates: [ring] };
  const features = [{ type: 'Feature', properties, geometry }];
  const json = JSON.stringify({ type: 'FeatureCollection', features });
  const path = await folder.file(`${name}.geojson`, Buffer.from(json));
  return openFolderMasks(join(folder.path, name), path, signal);
}

test.each([
  ['class', { id: 7, class: 'lake', area_m2: 12.5 }, ['lake']],
  ['only', { kind: 'wood' }, ['wood']],
  ['none', {}, ['object']],
])('polygons of a file have a class name (%s)', async (name, properties, expected) => {
  const masks = await withPolygons(name, properties);
  expect(trainedClasses(masks).map((one) => one.name)).toEqual(expected);
  await masks.source.close();
});

test('polygons with several possible class properties are refused, not guessed', async () => {
  await expect(withPolygons('several', { kind: 'a', use: 'b' })).rejects.toMatchObject({
    code: 'invalid-labels',
    message: expect.stringMatching(/properties kind, use, but none called "class"/) as string,
  });
});

test('names all unknown numbers in masks', async () => {
  for (const [name, value] of [1, 2, 3].entries()) {
    await folder.file(join('numbers', 'images', `${name}.png`), flat(9));
    await folder.file(join('numbers', 'masks', `${name}.png`), flat(value));
  }
  const masks = await openFolderMasks(join(folder.path, 'numbers', 'images'), 'masks', signal);
  const known = [{ value: 1, name: 'object', colour: null }];
  expect(() => classValueTable(masks, known, 'm.onnx')).toThrow(
    /the number 1, the number 2, the number 3, which m\.onnx does not have \(object\)/,
  );
  await masks.source.close();
});

test('255 next to other values has to be explained by an option, and is never dropped', async () => {
  const square = { width: 2, height: 2, channels: 1, bits: 8 } as const;
  await folder.file('three/images/a.png', flat(9));
  const mask = pngFile({ ...square, values: [0, 0, 128, 255] });
  await folder.file('three/masks/a.png', mask);
  const openWith = (...named: string[]): ReturnType<typeof openFolderMasks> =>
    openFolderMasks(join(folder.path, 'three'), 'masks', signal, { named });
  const plain = await openWith();
  expect(() => trainedClasses(plain)).toThrow(
    /three: the masks have .*: 0 \(50\.0 %\), 128 \(25\.0 %\), 255 \(25\.0 %\)\..* --class 255=ignore/,
  );
  const names = async (...named: string[]): Promise<unknown[]> => {
    const masks = await openWith(...named);
    const classes = trainedClasses(masks);
    return [...classes.map(({ name }) => name), ...classValueTable(masks, classes).slice(0, 3)];
  };
  expect(await names('255=ignore')).toEqual(['object', 0, 1, 255]);
  expect(await names('255=background')).toEqual(['object', 0, 1, 0]);
  expect(await names('255=nucleus', '128=border')).toEqual(['border', 'nucleus', 0, 1, 2]);
  expect(await names('255=nucleus', '128=nucleus')).toEqual(['nucleus', 0, 1, 1]);
  await expect(openWith('7=x')).rejects.toThrow(/--class 7=x does not match/);
});
