import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../src/core/errors.ts';
import { readSegSource } from '../../src/formats/masks/dicom-seg/seg-source.ts';
import { readSegmentation } from '../../src/formats/masks/dicom-seg/segmentation.ts';
import { segOfMasks } from '../../src/formats/masks/dicom-seg/write-seg.ts';
import { readGeoSource } from '../../src/formats/masks/geotiff/geo-tags.ts';
import { writeGeotiffMask } from '../../src/formats/masks/geotiff/write-geotiff.ts';
import { niftiOfMasks, readNiftiSource } from '../../src/formats/masks/nifti/write-nifti.ts';
import { collected, memoryMask, randomMask } from '../../src/formats/masks/testing/memory-mask.ts';
import { defaultLimits } from '../../src/formats/raster/image-file.ts';
import { openNiftiPlane } from '../../src/formats/raster/nifti/open-nifti.ts';
import { openImage } from '../../src/formats/raster/open.ts';
import { testFolder } from '../../src/formats/raster/testing/test-folder.ts';
import { referenceImages } from './support.ts';

// Labels for images from other sources: they have the images' positions and the values that were exported.

const folder = testFolder();
const classes = [{ value: 1, name: 'x', colour: '#0072b2' }];
const geotiffs = referenceImages('geotiff', z.unknown());
const volumes = referenceImages('nifti', z.unknown());
const dicoms = referenceImages('dicom', z.unknown());

geotiffs.describe('label rasters of GeoTIFF files', () => {
  test.each(geotiffs.files.map(([name]) => name))('%s', async (name) => {
    const { tags, ...size } = await readGeoSource(geotiffs.path(name));
    const image = await openImage(geotiffs.path(name));
    const { geo } = image.header;
    await image.close();
    if (tags === null) {
      expect(geo).toBeNull();
      return;
    }
    const pixels = randomMask(1, size, [0, 1, 255]);
    const path = join(folder.path, name);
    const file = await open(path, 'w');
    await writeGeotiffMask(file, memoryMask(pixels, size, classes), tags);
    await file.close();
    const label = await openImage(path);
    expect(label.header).toMatchObject({ ...size, geo, nodata: null });
    const { data } = await label.read();
    expect(Buffer.compare(data as Uint8Array, pixels)).toBe(0);
    await label.close();
  });
});

volumes.describe('label volumes of NIfTI files', () => {
  test.each(volumes.files.map(([name]) => name))('%s', async (name) => {
    const source = await readNiftiSource(volumes.path(name));
    const masks = Array.from({ length: source.frames }, (_, at) => randomMask(at, source, [0, 1]));
    const parts = niftiOfMasks(
      source,
      (frame) => memoryMask(masks[frame] ?? new Uint8Array(), source),
      0,
    );
    const path = await folder.file(`${name}.labels.nii.gz`, await collected(parts));
    const label = await openNiftiPlane(path, defaultLimits, 'axial');
    expect(label.volume).toEqual(source.volume);
    for (const [frame, mask] of masks.entries()) {
      const { data } = await label.read({ frame });
      expect(Buffer.compare(data as Uint8Array, mask)).toBe(0);
    }
    await label.close();
  });
});

dicoms.describe('segmentations of DICOM files', () => {
  test.each(dicoms.files.map(([name]) => name))('%s', async (name) => {
    const source = await readSegSource(dicoms.path(name)).catch((error: unknown) => error);
    if (source instanceof UserError) {
      // By name, or because it is not an image that this program reads.
      expect(source.message).toContain(name);
      return;
    }
    if (source instanceof Error) throw source;
    const read = source as Awaited<ReturnType<typeof readSegSource>>;
    const size = { width: read.columns, height: read.rows };
    const masked = read.frames.map((frame, at) => ({
      frame,
      mask: memoryMask(randomMask(at, size, [0, 1]), size, classes),
    }));
    const parts = segOfMasks(read, masked, classes, { version: '1' });
    if (read.frameOfReference !== null && (read.thickness ?? read.sliceSpacing) === null) {
      // For several frames, their distance would suffice.
      expect(read.frames).toHaveLength(1);
      await expect(collected(parts)).rejects.toThrow(/no SliceThickness/);
      return;
    }
    const bytes = await collected(parts);
    const written = await readSegmentation(await folder.file(`${name}.seg.dcm`, bytes));
    expect(written).toMatchObject({ rows: read.rows, columns: read.columns });
    expect(written.frameOfReference).toBe(read.frameOfReference);
    expect(written.frames).toHaveLength(read.frames.length);
  });
});
