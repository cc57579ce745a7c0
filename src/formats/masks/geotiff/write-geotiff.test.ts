import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../raster/image-file.ts';
import { openTiff } from '../../raster/tiff/open-tiff.ts';
import { testFolder } from '../../raster/testing/test-folder.ts';
import { colourOf } from '../paired/label-list.ts';
import { turnedGeotiff } from '../testing/geo-fixtures.ts';
import { memoryMask, randomMask } from '../testing/memory-mask.ts';
import { readGeoSource } from './geo-tags.ts';
import { writeGeotiffMask } from './write-geotiff.ts';

const folder = testFolder();
const size = { width: 600, height: 520 };
const classes = [{ value: 3, name: 'Öl & <Sand>', colour: '#0072b2' }];

async function written(isBig: boolean, isLittleEndian = true) {
  const source = await folder.file('source.tif', turnedGeotiff(600, 520, isLittleEndian));
  const { tags } = await readGeoSource(source);
  const pixels = randomMask(5, size, [0, 3, 255]);
  const path = join(folder.path, `labels-${isBig}.tif`);
  const file = await open(path, 'w');
  await writeGeotiffMask(file, memoryMask(pixels, size, classes), tags ?? [], { isBig });
  await file.close();
  return { source, path, pixels };
}

describe.each([
  ['TIFF', false],
  ['BigTIFF', true],
] as const)('a label raster as %s', (_, isBig) => {
  it('has the values, the georeference and the colours', async () => {
    const { source, path, pixels } = await written(isBig);
    const [label, image] = [
      await openTiff(path, defaultLimits),
      await openTiff(source, defaultLimits),
    ];
    const { header } = label;
    expect(header).toMatchObject({
      ...size,
      sampleType: 'uint8',
      interpretation: 'palette',
      nodata: null,
    });
    expect(header.geo).toEqual(image.header.geo);
    expect(header.geo?.crs).not.toMatch(/^EPSG/);
    expect([...(header.display.palette ?? []).slice(9, 12)]).toEqual(colourOf('#0072b2'));
    const read = await label.read();
    expect(Buffer.compare(Buffer.from(read.data as Uint8Array), pixels)).toBe(0);
    await Promise.all([label.close(), image.close()]);
  });

  it('keeps every field of the georeference, from either byte order', async () => {
    for (const isLittleEndian of [true, false]) {
      const { source, path } = await written(isBig, isLittleEndian);
      const { tags } = await readGeoSource(path);
      expect(tags).toEqual((await readGeoSource(source)).tags);
      expect(tags?.map(({ tag }) => tag)).toEqual([34264, 34735, 34736, 34737]);
    }
  });
});

it.each([
  [[0, 3, 255], 255],
  [[0, 3], null],
] as const)(
  'a label raster of %j declares unknown pixels as nodata on request',
  async (values, nodata) => {
    const path = join(folder.path, `nodata-${nodata}.tif`);
    const file = await open(path, 'w');
    const mask = memoryMask(randomMask(5, size, values), size, classes);
    await writeGeotiffMask(file, mask, [], { isUnknownNodata: true });
    await file.close();
    const label = await openTiff(path, defaultLimits);
    expect(label.header.nodata).toBe(nodata);
    await label.close();
  },
);

it('a label raster stops between tiles when cancelled', async () => {
  const file = await open(join(folder.path, 'stopped.tif'), 'w');
  const mask = memoryMask(randomMask(1, size, [1]), size);
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(writeGeotiffMask(file, mask, [], { signal })).rejects.toThrow('enough');
  await file.close();
});
