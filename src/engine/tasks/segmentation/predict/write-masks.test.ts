import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Size } from '../../../../core/mask/tiles.ts';
import { pngFile } from '../../../../formats/testing/image-fixtures.ts';
import { findImages } from '../../../../formats/image-folder.ts';
import { readGeoSource } from '../../../../formats/masks/geotiff/geo-tags.ts';
import type { MaskRaster } from '../../../../formats/masks/mask-raster.ts';
import { openMaskSource } from '../../../../formats/masks/open-source.ts';
import { wholeMask } from '../../../../formats/masks/strips.ts';
import {
  askewVolume,
  ctSlice,
  turnedGeotiff,
} from '../../../../formats/masks/testing/geo-fixtures.ts';
import { memoryMask, randomMask } from '../../../../formats/masks/testing/memory-mask.ts';
import { colourOf } from '../../../../formats/masks/paired/label-list.ts';
import { openImage } from '../../../../formats/raster/open.ts';
import { testFolder } from '../../../../formats/raster/testing/test-folder.ts';
import type { MaskFormat } from '../../../../contract/jobs.ts';
import { maskEndings, segmentationKey, writeMasks, writeSegmentation } from './write-masks.ts';

const folder = testFolder();
const classes = [
  { value: 1, name: 'water', colour: '#0072b2' },
  { value: 2, name: 'Größe: <3> & "x"', colour: '#d55e00' },
];
const options = { classes, model: 'student-7' };

/** Names next to a target; frames of a stack have their number. */
function named(format: MaskFormat, target: string, isNumbered = false) {
  const nameFor = (frame: number | null): string =>
    `${target}${frame !== null && isNumbered ? `#${frame + 1}` : ''}${maskEndings[format]}`;
  return { ...options, nameFor };
}

function drawn(seed: number, size: Size, values = [0, 1, 2, 255]) {
  const pixels = randomMask(seed, size, values);
  return { pixels, mask: memoryMask(pixels, size) };
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** Returns the stored values of a frame. */
async function valuesOf(path: string, frame = 0): Promise<Uint8Array> {
  const file = await openImage(path);
  const { data } = await file.read({ frame });
  await file.close();
  return Uint8Array.from(data);
}

describe('predicted masks', () => {
  it("have the image's position as GeoTIFF, with the classes, and 255 as nodata", async () => {
    const size = { width: 520, height: 515 };
    const path = await folder.file('map.tif', turnedGeotiff(size.width, size.height));
    const { pixels, mask } = drawn(1, size);
    const target = join(folder.path, 'out', 'new', 'map');
    const written = await writeMasks(
      'geotiff',
      { path, masks: new Map([[0, mask]]) },
      named('geotiff', target),
    );
    expect(written).toEqual([`${target}.tif`]);
    expect((await readGeoSource(`${target}.tif`)).tags).toEqual((await readGeoSource(path)).tags);
    const file = await openImage(`${target}.tif`);
    expect(file.header).toMatchObject({ ...size, nodata: 255, interpretation: 'palette' });
    expect([...(file.header.display.palette ?? []).slice(3, 6)]).toEqual(colourOf('#0072b2'));
    await file.close();
    expect((await readFile(`${target}.tif`)).toString('latin1')).toContain('class_1">water<');
    expect(isSame(await valuesOf(`${target}.tif`), pixels)).toBe(true);
  });

  it('have one file per slice as PNG', async () => {
    const size = { width: 7, height: 5 };
    const [first, second] = [drawn(2, size, [0, 1]), drawn(3, size, [0, 2, 255])];
    const masks = new Map<number, MaskRaster>([
      [0, first.mask],
      [2, second.mask],
    ]);
    const path = await folder.file('v.nii', askewVolume(1, [5, 7, 4], true));
    const target = join(folder.path, 'slices', 'v');
    const written = await writeMasks('png', { path, masks }, named('png', target, true));
    expect(written).toEqual([`${target}#1.png`, `${target}#3.png`]);
    const png = await readFile(`${target}#3.png`);
    // The palette after the header, one colour each.
    const palette = png.subarray(png.indexOf('PLTE') + 4);
    expect([...palette.subarray(6, 9)]).toEqual(colourOf('#d55e00'));
    const found = await findImages(join(folder.path, 'slices'));
    expect(found.map(({ name }) => name)).toEqual(['v#1.png', 'v#3.png']);
  });

  it("have the volume's position as NIfTI, with 255 for unknown pixels", async () => {
    const size = { width: 7, height: 5 };
    const path = await folder.file('askew.nii', askewVolume(1, [5, 7, 4], false));
    const drawnOnes = [0, 1, 3].map((frame) => [frame, drawn(frame + 4, size)] as const);
    const masks = new Map(drawnOnes.map(([frame, { mask }]) => [frame, mask]));
    const target = join(folder.path, 'askew-labels');
    const written = await writeMasks('nifti', { path, masks }, named('nifti', target));
    expect(written).toEqual([`${target}.nii.gz`]);
    const [label, image] = [await openImage(`${target}.nii.gz`), await openImage(path)];
    expect(label.header.spacing).toEqual(image.header.spacing);
    await Promise.all([label.close(), image.close()]);
    for (const [frame, { pixels }] of drawnOnes) {
      expect(isSame(await valuesOf(`${target}.nii.gz`, frame), pixels)).toBe(true);
    }
    expect(new Set(await valuesOf(`${target}.nii.gz`, 2))).toEqual(new Set([255]));
  });

  it('state as DICOM that a model made them, in one file per series', async () => {
    const size = { width: 53, height: 37 };
    const series = await Promise.all(
      [4, -1, 7].map(async (z, at) => {
        const bytes = ctSlice({ rows: 37, columns: 53, z, instance: `2.25.77${at}` });
        const path = await folder.file(`ct-${at}.dcm`, bytes);
        return { path, ...drawn(20 + at, size) };
      }),
    );
    const keys = new Set(await Promise.all(series.map(({ path }) => segmentationKey(path))));
    expect(keys.size).toBe(1);
    const files = series.map(({ path, mask }) => ({ path, masks: new Map([[0, mask]]) }));
    const target = join(folder.path, 'seg');
    const written = await writeSegmentation(files, named('dicom-seg', target));
    expect(written).toEqual([`${target}.dcm`]);
    const bytes = (await readFile(`${target}.dcm`)).toString('latin1');
    expect(bytes).toContain('AUTOMATIC ');
    expect(bytes).toContain('Understudy student-7');
    expect(bytes).not.toMatch(/MANUAL|Doe\^Jane|secret-4711/);
    const found = await findImages(folder.path);
    const source = await openMaskSource('dicom-seg', {
      path: folder.path,
      folder: folder.path,
      found,
      property: null,
    });
    const values = source.classes.map(({ value, name }) => [value, name]);
    expect(values.map(([, name]) => name)).toEqual(classes.map(({ name }) => name));
    for (const { path, pixels } of series) {
      const image = found.find((one) => one.path === path);
      const mask = image && (await source.maskFor({ ...image, ...size }));
      const read = mask && (await wholeMask(mask));
      expect(read && isSame(read, pixels)).toBe(true);
      await mask?.close();
    }
    await source.close();
  });

  it.each([
    ['geotiff', 'is not a GeoTIFF'],
    ['nifti', 'is not a NIfTI volume'],
    ['dicom-seg', 'is not a DICOM image'],
  ] as const)('are refused as %s for a photograph, and no file is left', async (format, why) => {
    const bytes = pngFile({ width: 2, height: 2, channels: 1, bits: 8, values: [1, 2, 3, 4] });
    const path = await folder.file('photo.png', bytes);
    const { mask } = drawn(1, { width: 2, height: 2 });
    const before = await readdir(folder.path, { recursive: true });
    const file = { path, masks: new Map([[0, mask]]) };
    await expect(
      writeMasks(format, file, named(format, join(folder.path, 'none', 'photo'))),
    ).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(why) as string,
    });
    expect(await readdir(folder.path, { recursive: true })).toEqual(before);
  });

  it.each(['geotiff', 'nifti', 'dicom-seg'] as const)(
    'are refused as %s if their size differs from that of the image',
    async (format) => {
      const files = {
        geotiff: turnedGeotiff(9, 9),
        nifti: askewVolume(1, [5, 7, 4], true),
        'dicom-seg': ctSlice({ rows: 4, columns: 5, z: 1, instance: '2.25.9' }),
      };
      const path = await folder.file(`other-${format}`, files[format]);
      const { mask } = drawn(1, { width: 3, height: 3 });
      const file = { path, masks: new Map([[0, mask]]) };
      await expect(
        writeMasks(format, file, named(format, join(folder.path, 'other'))),
      ).rejects.toMatchObject({ code: 'invalid-file' });
    },
  );

  it('are not written if the prediction is stopped', async () => {
    const size = { width: 600, height: 600 };
    const path = await folder.file('stop.tif', turnedGeotiff(9, 9));
    const { mask } = drawn(1, size);
    const target = join(folder.path, 'stopped', 'stop');
    const signal = AbortSignal.abort();
    const file = { path, masks: new Map([[0, mask]]) };
    await expect(
      writeMasks('png', file, { ...named('png', target), signal }),
    ).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await readdir(join(folder.path, 'stopped'))).toEqual([]);
  });
});
