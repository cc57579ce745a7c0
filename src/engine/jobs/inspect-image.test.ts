import { describe, expect, it } from 'vitest';
import { short, text, tiffBytes } from '../../formats/testing/tiff-fixtures.ts';
import { imageDescription } from '../../contract/image-description.ts';
import { type JobEvent } from '../../contract/jobs.ts';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { pictureFile, syntax, type Entry } from '../../formats/testing/dicom-fixtures.ts';
import { niftiFile } from '../../formats/raster/nifti/nifti-fixtures.ts';
import { expectRefusal } from '../../formats/raster/testing/reading.ts';
import { testFolder } from '../../formats/raster/testing/test-folder.ts';
import { inspectImage } from './inspect-image.ts';

const folder = testFolder();

const silent = { signal: new AbortController().signal, report: () => undefined };

describe('inspectImage', () => {
  it('describes a volume', async () => {
    const bytes = niftiFile({
      type: 'int16',
      shape: [2, 3, 2],
      values: [-5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 70],
      zooms: [2, 3, 4],
      slope: 0.5,
      intercept: -100,
      shown: [-10, 30],
      sform: [2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 4, 0],
    });
    const description = await inspectImage(await folder.file('volume.nii', bytes), silent);
    expect(imageDescription.parse(description)).toEqual({
      format: 'nifti',
      width: 2,
      height: 3,
      bands: 1,
      bandNames: [null],
      alpha: null,
      frames: 2,
      dtype: 'int16',
      // After slope and intercept: stored values are -5 to 70 with mean 10.
      min: -102.5,
      max: -65,
      mean: -95,
      infinite: 0,
      crs: null,
      transform: null,
      nodata: null,
      spacing: { x: 2, y: 3, unit: 'mm' },
      levels: [{ width: 2, height: 3 }],
      interpretation: 'grey',
      seen: [1],
      rescale: { slope: 0.5, intercept: -100 },
      rescaled: null,
      windows: [{ center: 10, width: 40, shape: 'linear-exact', name: null }],
      orientation: 'RAS',
      shape: [2, 3, 2],
      zooms: [2, 3, 4],
      notes: [],
    });
  });

  it('describes a plain image', async () => {
    const bytes = pngFile({
      width: 2,
      height: 1,
      channels: 3,
      bits: 16,
      values: [1, 2, 3, 4, 5, 65535],
    });
    const description = await inspectImage(await folder.file('plain.png', bytes), silent);
    expect(imageDescription.parse(description)).toMatchObject({
      format: 'png',
      dtype: 'uint16',
      bands: 3,
      min: 1,
      max: 65535,
      mean: 10925,
      spacing: null,
      rescale: null,
      rescaled: null,
      orientation: null,
      shape: null,
      zooms: null,
    });
  });

  it('reports what is noticed only when values are read', async () => {
    const bytes = niftiFile({ type: 'int64', shape: [1], values: [2n ** 60n] });
    const { notes } = await inspectImage(await folder.file('wide.nii', bytes), silent);
    expect(notes.join()).toContain('where float64 rounds');
  });

  it('has no figures for an image without values', async () => {
    const bytes = niftiFile({ type: 'float32', shape: [1], values: [NaN] });
    const path = await folder.file('none.nii', bytes);
    const nothing = { min: null, max: null, mean: null };
    expect(imageDescription.parse(await inspectImage(path, silent))).toMatchObject(nothing);
  });

  it.each([
    ['nan', 'NaN'],
    ['-inf', '-Infinity'],
    ['-9999', -9999],
  ])('has a word for a nodata value that JSON cannot express: %s', async (stored, word) => {
    const page = { width: 2, height: 1, format: 3, bits: 32, values: [1, 2] } as const;
    const bytes = tiffBytes([{ ...page, fields: [text(42113, stored)] }]);
    const description = await inspectImage(await folder.file(`${stored}.tif`, bytes), silent);
    expect(imageDescription.parse(description).nodata).toBe(word);
  });

  it('has figures of finite values, and counts the others', async () => {
    const values = [1, 2, Infinity, -Infinity];
    const bytes = niftiFile({ type: 'float32', shape: [4], values });
    const path = await folder.file('infinite.nii', bytes);
    const bounded = { min: 1, max: 2, mean: 1.5, infinite: 2 };
    expect(imageDescription.parse(await inspectImage(path, silent))).toMatchObject(bounded);
  });

  it('names the bands that have a name, and the alpha band', async () => {
    const items = `<Item sample="0" role="description">NDVI</Item><Item sample="2" role="description">Slope &lt; 5 &amp; flat</Item>`;
    const xml = text(42112, `<GDALMetadata>${items}</GDALMetadata>`);
    const page = { width: 1, height: 1, samples: 4, values: [1, 2, 3, 255] } as const;
    const bytes = tiffBytes([{ ...page, fields: [short(338, 0, 0, 2), xml] }]);
    const description = await inspectImage(await folder.file('named.tif', bytes), silent);
    expect(imageDescription.parse(description)).toMatchObject({
      bandNames: ['NDVI', null, 'Slope < 5 & flat', null],
      alpha: 4,
    });
  });

  it('reports values of DICOM as stored, and rescaled', async () => {
    const rescale: Entry[] = [
      [0x00281052, 'DS', '100'],
      [0x00281053, 'DS', '-2'],
    ];
    const picture = { rows: 1, columns: 4, allocated: 16, isSigned: true } as const;
    const bytes = pictureFile(syntax.explicit, picture, [1, 2, 3, 10], rescale);
    const description = await inspectImage(await folder.file('rescaled.dcm', bytes), silent);
    expect(imageDescription.parse(description)).toMatchObject({
      format: 'dicom',
      min: 1,
      max: 10,
      mean: 4,
      rescale: { slope: -2, intercept: 100 },
      rescaled: { min: 80, max: 98, mean: 92 },
    });
  });

  it('does not convert luma and chromas to RGB, and reports it', async () => {
    const picture = { rows: 1, columns: 1, samples: 3, photometric: 'YBR_FULL' } as const;
    const bytes = pictureFile(syntax.explicit, picture, Buffer.from([76, 85, 255]));
    const { min, max, notes } = await inspectImage(await folder.file('ybr.dcm', bytes), silent);
    expect([min, max]).toEqual([76, 255]);
    expect(notes).toEqual([expect.stringContaining('luma and chroma, as stored')]);
  });

  const large = (): Promise<string> => {
    const header = niftiFile({ type: 'uint8', shape: [40, 50, 60], values: [] });
    return folder.file('large.nii', Buffer.concat([header, Buffer.alloc(120_000, 7)]));
  };

  it('reports its progress', async () => {
    const events: JobEvent[] = [];
    await inspectImage(await large(), { ...silent, report: (event) => events.push(event) });
    expect(events).toHaveLength(61);
    expect(events.at(0)).toMatchObject({ type: 'progress', phase: 'pixels', done: 0 });
    expect(events.at(30)).toMatchObject({ done: 60_000, total: 120_000 });
    expect(events.at(-1)).toMatchObject({ done: 120_000, total: 120_000 });
  });

  it('stops when cancelled', async () => {
    const stop = new AbortController();
    const context = {
      signal: stop.signal,
      report: (event: JobEvent) => {
        if (event.type === 'progress' && event.done > 10_000) stop.abort();
      },
    };
    await expectRefusal(inspectImage(await large(), context), 'cancelled', /^Stopped/);
  });

  it('refuses a file that is not an image', async () => {
    const path = await folder.file('notes.txt', Buffer.from('text'));
    await expectRefusal(inspectImage(path, silent), 'invalid-file', /notes\.txt is not an image/);
  });
});
