import { expect, it } from 'vitest';
import { z } from 'zod';
import { defaultLimits } from '../../src/formats/raster/image-file.ts';
import { openNiftiPlane } from '../../src/formats/raster/nifti/open-nifti.ts';
import { rasterStatistics } from '../../src/formats/raster/statistics.ts';
import { referenceImages } from './support.ts';

/** // Volumes from several programs, with the values that nibabel reads. */
const reference = referenceImages(
  'nifti',
  z.object({
    shape: z.array(z.number()),
    dtype: z.string(),
    /** Statistic of scaled values, like the next two. */
    min: z.number(),
    max: z.number(),
    mean: z.number(),
    zooms: z.array(z.number()),
    orientation: z.string(),
  }),
);

/** NumPy's names, with or without a byte order. */
const sampleTypes: Record<string, string> = {
  '>f4': 'float32',
  '>i2': 'int16',
  int16: 'int16',
  uint8: 'uint8',
};

reference.describe('NIfTI as nibabel reads it', () => {
  it('NIfTI files exist', () => {
    expect(reference.files.length).toBeGreaterThan(3);
  });

  it.each(reference.files)('%s', async (name, expected) => {
    for (const plane of ['axial', 'coronal', 'sagittal'] as const) {
      const file = await openNiftiPlane(reference.path(name), defaultLimits, plane);
      const { header, volume } = file;
      expect(volume.shape).toEqual(expected.shape);
      expect(volume.zooms).toEqual(expected.zooms);
      expect(volume.orientation).toBe(expected.orientation);
      expect(header.sampleType).toBe(sampleTypes[expected.dtype]);
      const voxels = expected.shape.reduce((product, length) => product * length, 1);
      expect(header.width * header.height * header.frames).toBe(voxels);

      const { slope, intercept } = header.display.rescale ?? { slope: 1, intercept: 0 };
      const { min, max, mean } = await rasterStatistics(file);
      expect(slope * min + intercept).toBeCloseTo(expected.min, 8);
      expect(slope * max + intercept).toBeCloseTo(expected.max, 8);
      expect(slope * mean + intercept).toBeCloseTo(expected.mean, 6);
      await file.close();
    }
  });
});
