import { expect, it } from 'vitest';
import { z } from 'zod';
import { imageDescription, type ImageDescription } from '../../src/contract/image-description.ts';
import { inspectImage } from '../../src/engine/jobs/inspect-image.ts';
import { referenceImages } from './support.ts';

/** Compares the output of `image inspect` for the shared images with that of reference readers. */

async function inspected(path: string): Promise<ImageDescription> {
  const context = { signal: new AbortController().signal, report: () => undefined };
  return imageDescription.parse(await inspectImage(path, context));
}

/** Returns a shape like that of NumPy's arrays: without axes of one frame or one band. */
function shapeOf({ frames, height, width, bands }: ImageDescription): number[] {
  return [...(frames > 1 ? [frames] : []), height, width, ...(bands > 1 ? [bands] : [])];
}

/** NumPy's names, with or without an order of bytes. */
const bigEndian: Readonly<Record<string, string>> = {
  '>f4': 'float32',
  '>i2': 'int16',
  '>u4': 'uint32',
};
const dtypeOf = (name: string): string => bigEndian[name] ?? name;

interface Figures {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
}

/** Compares extremes to the last bit, and means, which are summed differently, to eleven digits. */
function expectFigures(measured: Figures | null, { min, max, mean }: Figures): void {
  expect([measured?.min, measured?.max]).toEqual([min, max]);
  const tolerance = 1e-11 * Math.max(1, Math.abs(mean ?? NaN));
  expect(Math.abs((measured?.mean ?? NaN) - (mean ?? NaN))).toBeLessThanOrEqual(tolerance);
}

const number = z.number().nullable().default(null);

const dicom = referenceImages(
  'dicom',
  z.looseObject({
    pixels: z.boolean().nullish(),
    shape: z.array(z.number()).default([]),
    dtype: z.string().default(''),
    ...{ stored_min: number, stored_max: number, stored_mean: number },
    ...{ rescaled_min: number, rescaled_max: number, rescaled_mean: number },
    ...{ window_center: number, window_width: number },
  }),
);

/** Figures that correct expected values which contradict the file, with the reason. */
const corrections: Readonly<Record<string, Figures & { readonly why: string }>> = {
  'SC_rgb_small_odd_big_endian.dcm': {
    ...{ min: 52, max: 176, mean: 3477 / 27 },
    why: 'The bytes stand in words of a big-endian file, and pydicom swaps them back since 3.0.2.',
  },
  'JPEG2000-embedded-sequence-delimiter.dcm': {
    ...{ min: -30, max: 245, mean: 13.458160400390625 },
    why: 'Expected was memory that GDCM 3.0 never wrote to; these are of OpenJPEG, the width set right.',
  },
};

dicom.describe('image inspect, as pydicom reads DICOM', () => {
  it('all 40 expected results exist, with corrections', () => {
    const names = dicom.files.map(([name]) => name);
    expect(names).toHaveLength(40);
    expect(names).toEqual(expect.arrayContaining(Object.keys(corrections)));
  });

  it.each(dicom.files.filter(([, { pixels }]) => pixels === true))('%s', async (name, file) => {
    const image = await inspected(dicom.path(name));
    expect(image.format).toBe('dicom');
    expect(shapeOf(image)).toEqual(file.shape);
    expect(image.dtype).toBe(dtypeOf(file.dtype));
    const [window] = image.windows;
    const shown = [window?.center ?? null, window?.width ?? null];
    expect(shown).toEqual([file.window_center, file.window_width]);
    const stored = { min: file.stored_min, max: file.stored_max, mean: file.stored_mean };
    expectFigures(image, corrections[name] ?? stored);
    if (file.rescaled_min === null || name in corrections) return;
    // If a file has no rescaling, pydicom leaves values unchanged.
    expectFigures(image.rescaled ?? image, {
      min: file.rescaled_min,
      max: file.rescaled_max,
      mean: file.rescaled_mean,
    });
    if (file.rescaled_min !== file.stored_min) expect(image.rescaled).not.toBeNull();
  });

  it.each(dicom.files.filter(([, { pixels }]) => pixels !== true))(
    '%s is refused',
    async (name) => {
      await expect(inspected(dicom.path(name))).rejects.toMatchObject({ name: 'UserError' });
    },
  );
});

const nifti = referenceImages(
  'nifti',
  z.object({
    shape: z.array(z.number()),
    dtype: z.string(),
    ...{ min: z.number(), max: z.number(), mean: z.number() },
    zooms: z.array(z.number()),
    orientation: z.string(),
  }),
);

nifti.describe('image inspect, as nibabel reads NIfTI', () => {
  it('all 5 expected results exist', () => {
    expect(nifti.files).toHaveLength(5);
  });

  it.each(nifti.files)('%s', async (name, file) => {
    const image = await inspected(nifti.path(name));
    expect(image).toMatchObject({
      format: 'nifti',
      shape: file.shape,
      zooms: file.zooms,
      orientation: file.orientation,
      dtype: dtypeOf(file.dtype),
      rescaled: null,
    });
    expectFigures(image, file);
  });
});

const geotiff = referenceImages(
  'geotiff',
  z.object({
    shape: z.array(z.number()),
    dtype: z.string(),
    ...{ min: z.number(), max: z.number(), mean: z.number() },
    crs: z.string().nullable(),
    transform: z.array(z.number()),
    nodata: z.string().nullable(),
  }),
);

/** Parameters that place a raster on Earth: projection, parameters and ellipsoid, but no names and axes. */
function terms(wkt: string): string[] {
  const terms =
    /PROJECTION\["[^"]+"|PARAMETER\["[^"]+",[-\d.]+|(?<=SPHEROID\["[^"]*",)[\d.]+,[\d.]+/g;
  return wkt.match(terms) ?? [];
}

/**
 * Coordinate systems that the file states in words, in which GDAL recognises a code by PROJ's database of names.
 */
const inWords: Readonly<Record<string, string>> = { 'test_esri_wkt.tif': 'ESRI:102039' };

geotiff.describe('image inspect, as rasterio reads GeoTIFF', () => {
  it('all 15 expected results exist', () => {
    expect(geotiff.files).toHaveLength(15);
  });

  it.each(geotiff.files)('%s', async (name, file) => {
    const image = await inspected(geotiff.path(name));
    expect(image.format).toBe('tiff');
    expect([image.bands, image.height, image.width]).toEqual(file.shape);
    expect(image.dtype).toBe(dtypeOf(file.dtype));
    expectFigures(image, file);
    expect(image.nodata).toBe(file.nodata === null ? null : Number(file.nodata));
    // For a file without coordinates, rasterio states that a pixel is one unit.
    const transform = image.transform ?? [1, 0, 0, 0, 1, 0];
    for (const [i, value] of transform.entries()) {
      expect(value).toBeCloseTo(file.transform[i] ?? NaN, 9);
    }
    if (name in inWords) {
      expect(file.crs).toBe(inWords[name]);
      expect(image.crs).toContain('PROJECTION["Albers"]');
    } else if (file.crs?.startsWith('PROJCS') === true) {
      expect(terms(image.crs ?? '')).toEqual(terms(file.crs));
      expect(terms(file.crs).length).toBeGreaterThan(4);
    } else expect(image.crs).toBe(file.crs);
  });
});
