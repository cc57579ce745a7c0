import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preparationMark } from '../../src/contract/bridge.ts';
import { sharp } from '../../src/formats/libvips.ts';
import { pictureFile, syntax } from '../../src/formats/testing/dicom-fixtures.ts';
import { niftiFile } from '../../src/formats/raster/nifti/nifti-fixtures.ts';
import { short, tiffBytes } from '../../src/formats/testing/tiff-fixtures.ts';
import { EngineProcess } from '../support/engine-process.ts';
import { temporaryFolder } from './support.ts';

// Facts from an image's file, and its appearance under another preparation.

const side = 8;
const count = side * side;
/** Values 0, 1, 2, … across the image. */
const ramp = Array.from({ length: count }, (_, at) => at);

describe("the model's input", async () => {
  const folder = await temporaryFolder();
  const images = join(folder, 'images');
  const ids = new Map<string, number>();
  let engine: EngineProcess;
  let project: number;

  beforeAll(async () => {
    await mkdir(images, { recursive: true });
    const picture = { rows: side, columns: side, allocated: 16, stored: 12 };
    const dicom = pictureFile(
      syntax.explicit,
      picture,
      ramp.map((value) => value * 32),
      [
        [0x00100010, 'PN', 'SECRET^NAME'],
        [0x00100020, 'LO', 'SECRET-7'],
        [0x00280030, 'DS', '0.5\\0.25'],
        [0x00281050, 'DS', '40\\-600'],
        [0x00281051, 'DS', '400\\1500'],
        [0x00281052, 'IS', '-1024'],
        [0x00281053, 'IS', '1'],
        [0x00281055, 'LO', 'ABDOMEN\\LUNG'],
      ],
    );
    await writeFile(join(images, 'ct.dcm'), dicom);
    const bands = ramp.flatMap((value) => [10 * value, 65535 - 10 * value, 1000, 20 * value]);
    const tiff = { width: side, height: side, samples: 4, bits: 16, values: bands };
    // Bands without a meaning: the first is used as grey, the others have no interpretation.
    const extra = [short(338, 0, 0, 0)];
    await writeFile(join(images, 'bands.tif'), tiffBytes([{ ...tiff, fields: extra }]));
    const volume = niftiFile({ shape: [side, side, 2], type: 'int16', values: [...ramp, ...ramp] });
    await writeFile(join(images, 'volume.nii'), volume);
    engine = await EngineProcess.start(join(folder, 'workspace'));
    const made = { name: 'CT', domain: 'medical', task: 'single' } as const;
    project = (await engine.call('project.create', made)).id;
    await engine.call('image.import', { project, folder: images, labels: 'none' });
    const filter = { show: 'all', search: '' } as const;
    const page = await engine.call('image.page', { project, filter, offset: 0, limit: 10 });
    for (const { id, name } of page.images) ids.set(name, id);
  });
  afterAll(() => engine.stop());

  const idOf = (name: string): number => ids.get(name) ?? 0;
  const previewOf = async (
    name: string,
    preparation: { range: string; bands?: number[] },
  ): Promise<number[]> => {
    const bytes = await engine.call('image.preview', { image: idOf(name), preparation });
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: side, height: side, channels: 3 });
    return [...data];
  };

  it('is described from the file, without patient data', async () => {
    const description = await engine.call('image.describe', { image: idOf('ct.dcm') });
    expect(description).toEqual({
      ...{ format: 'dicom', bands: 1, alpha: null, frames: 1, sampleType: 'uint16' },
      interpretation: 'grey',
      spacing: { x: 0.25, y: 0.5, unit: 'mm' },
      rescale: { slope: 1, intercept: -1024 },
      windows: [
        { center: 40, width: 400, name: 'ABDOMEN' },
        { center: -600, width: 1500, name: 'LUNG' },
      ],
      hasTable: false,
      auto: { bands: [1], range: 'file' },
    });
    expect(JSON.stringify(description)).not.toContain('SECRET');
  });

  it.each([
    ['bands.tif', { format: 'tiff', bands: 4, frames: 1, sampleType: 'uint16' }],
    ['volume.nii#2', { format: 'nifti', bands: 1, frames: 2, sampleType: 'int16' }],
  ])('is scaled by percentiles for %s without a window', async (name, expected) => {
    const description = await engine.call('image.describe', { image: idOf(name) });
    expect(description).toMatchObject({ ...expected, windows: [], rescale: null });
    expect(description.auto.range).toBe('percentile:2:98');
  });

  it('is rendered with any window, and the project keeps its own', async () => {
    // Rescaled values go from −1024 to 992 in steps of 32.
    const wide = await previewOf('ct.dcm', { range: 'window:0:4000' });
    const threshold = await previewOf('ct.dcm', { range: 'window:0:1' });
    expect(wide[0]).toBeLessThan(90);
    expect(wide[0]).toBeGreaterThan(40);
    expect(threshold[0]).toBeLessThan(10);
    expect(threshold.at(-1)).toBeGreaterThan(245);
    const file = await previewOf('ct.dcm', { range: 'file' });
    expect(await previewOf('ct.dcm', { range: 'auto' })).toEqual(file);
    expect(await previewOf('ct.dcm', { range: 'window:40:400' })).toEqual(file);
    const { settings } = await engine.call('project.get', { project });
    expect(settings.preparation).toEqual({ range: 'auto' });
  });

  it('is rendered from any bands, and missing bands are reported', async () => {
    const rising = await previewOf('bands.tif', { bands: [1], range: 'full' });
    const falling = await previewOf('bands.tif', { bands: [2], range: 'full' });
    expect((rising.at(-1) ?? 0) - (rising[0] ?? 0)).toBeGreaterThan(200);
    expect((falling[0] ?? 0) - (falling.at(-1) ?? 0)).toBeGreaterThan(200);
    const preparation = { bands: [1, 2, 5], range: 'full' };
    const refused = engine.call('image.preview', { image: idOf('bands.tif'), preparation });
    await expect(refused).rejects.toMatchObject({ code: 'invalid-option' });
    await expect(refused).rejects.toThrow(/bands\.tif: band 5 was chosen, but the image has 4/);
  });

  it('is refused if the image or its file is missing', async () => {
    const preparation = { range: 'auto' };
    await expect(
      engine.call('image.preview', { image: 999_999, preparation }),
    ).rejects.toMatchObject({ code: 'not-found' });
    await expect(engine.call('image.describe', { image: 999_999 })).rejects.toMatchObject({
      code: 'not-found',
    });
    await rm(join(images, 'volume.nii'));
    const image = idOf('volume.nii#1');
    await expect(engine.call('image.preview', { image, preparation })).rejects.toThrow(
      /volume\.nii/,
    );
    await expect(engine.call('image.describe', { image })).rejects.toThrow(/volume\.nii/);
  });

  it("a picture for another preparation than the project's is refused", async () => {
    const image = idOf('ct.dcm');
    const mark = preparationMark({ range: 'auto' });
    const ask = { image, side: 'thumbnail' as const, mark };
    expect(await engine.call('image.picture', ask)).toBeInstanceOf(Uint8Array);
    const preparation = { range: 'window:0:1' };
    await engine.call('project.update', { project, settings: { preparation } });
    await expect(engine.call('image.picture', ask)).rejects.toMatchObject({
      code: 'invalid-option',
    });
    const now = { ...ask, mark: preparationMark(preparation) };
    expect(await engine.call('image.picture', now)).toBeInstanceOf(Uint8Array);
  });
});
