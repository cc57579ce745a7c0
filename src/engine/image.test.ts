import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { imageDescription, type JobEvent } from '../contract/jobs.ts';
import { pngFile } from '../formats/image-fixtures.ts';
import { niftiFile } from '../formats/raster/nifti/nifti-fixtures.ts';
import { expectRefusal, testFolder, type TestFolder } from '../formats/raster/testing.ts';
import { inspectImage } from './image.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await testFolder();
});
afterAll(() => folder.remove());

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
      frames: 2,
      dtype: 'int16',
      min: -5,
      max: 70,
      mean: 10,
      crs: null,
      transform: null,
      nodata: null,
      spacing: { x: 2, y: 3, unit: 'mm' },
      levels: [{ width: 2, height: 3 }],
      interpretation: 'grey',
      rescale: { slope: 0.5, intercept: -100 },
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
      orientation: null,
      shape: null,
      zooms: null,
    });
  });

  it('tells what is noted only when values are read', async () => {
    const bytes = niftiFile({ type: 'int64', shape: [1], values: [2n ** 60n] });
    const { notes } = await inspectImage(await folder.file('wide.nii', bytes), silent);
    expect(notes.join()).toContain('where float64 rounds');
  });

  it('has no figures where there is no value', async () => {
    const bytes = niftiFile({ type: 'float32', shape: [1], values: [NaN] });
    const path = await folder.file('none.nii', bytes);
    const nothing = { min: null, max: null, mean: null };
    expect(imageDescription.parse(await inspectImage(path, silent))).toMatchObject(nothing);
  });

  const large = (): Promise<string> => {
    const header = niftiFile({ type: 'uint8', shape: [40, 50, 60], values: [] });
    return folder.file('large.nii', Buffer.concat([header, Buffer.alloc(120_000, 7)]));
  };

  it('tells how far it is', async () => {
    const events: JobEvent[] = [];
    await inspectImage(await large(), { ...silent, report: (event) => events.push(event) });
    expect(events).toHaveLength(61);
    expect(events.at(0)).toMatchObject({ type: 'progress', phase: 'pixels', done: 0 });
    expect(events.at(30)).toMatchObject({ done: 60_000, total: 120_000 });
    expect(events.at(-1)).toMatchObject({ done: 120_000, total: 120_000 });
  });

  it('stops when it is asked to', async () => {
    const stop = new AbortController();
    const context = {
      signal: stop.signal,
      report: (event: JobEvent) => {
        if (event.type === 'progress' && event.done > 10_000) stop.abort();
      },
    };
    await expectRefusal(inspectImage(await large(), context), 'cancelled', /stopped/);
  });

  it('refuses what is no image', async () => {
    const path = await folder.file('notes.txt', Buffer.from('text'));
    await expectRefusal(inspectImage(path, silent), 'invalid-file', /notes\.txt is not an image/);
  });
});
