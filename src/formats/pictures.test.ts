import { describe, expect, it } from 'vitest';
import { plainPreparation, preparationOf } from '../core/image/preparation.ts';
import type { Preparation } from '../core/image/preparation.ts';
import { sharp } from './libvips.ts';
import { readThumbnail } from './pictures.ts';
import { pictureFile, syntax } from './testing/dicom-fixtures.ts';
import { openImage } from './raster/open.ts';
import { readPrepared } from './raster/prepared.ts';
import { expectRefusal } from './raster/testing/reading.ts';
import { testFolder } from './raster/testing/test-folder.ts';

const folder = testFolder();

/** Waves in 12 bits and in three colours. */
function waves(width: number, height: number, bands: number): number[] {
  return Array.from({ length: width * height * bands }, (_, at) => {
    const pixel = Math.floor(at / bands);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const wave = Math.sin(x / 19 + (at % bands)) * Math.cos(y / 23);
    return Math.round(2047 * (1 + wave));
  });
}

async function jpeg(width: number, height: number, bands: 1 | 3, orientation = 1): Promise<Buffer> {
  const data = Uint8Array.from(waves(width, height, bands), (value) => value >> 4);
  const image = sharp(data, { raw: { width, height, channels: bands } })
    .toColourspace(bands === 1 ? 'b-w' : 'srgb')
    .jpeg({ quality: 90 });
  return orientation === 1 ? image.toBuffer() : image.withMetadata({ orientation }).toBuffer();
}

async function png(width: number, height: number): Promise<Buffer> {
  const data = Uint8Array.from(waves(width, height, 3), (value) => value >> 4);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

const dicom = (side: number): Buffer =>
  pictureFile(
    syntax.explicit,
    { rows: side, columns: side, allocated: 16, stored: 12 },
    waves(side, side, 1),
    [
      [0x00281050, 'DS', '2000'],
      [0x00281051, 'DS', '3000'],
    ],
  );

/** Reduces a model's input with libvips' own, better kernel. */
async function witness(path: string, preparation: Preparation): Promise<Buffer> {
  const file = await openImage(path);
  const { width, height, data } = await readPrepared(file, { preparation });
  await file.close();
  return sharp(data, { raw: { width, height, channels: 3 } })
    .resize(256, 256, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer();
}

describe('a thumbnail', () => {
  it.each<[string, () => Buffer | Promise<Buffer>, string, number]>([
    ['half.dcm', () => dicom(512), 'auto', 1],
    ['quarter.dcm', () => dicom(1024), 'percentile:2:98', 1],
    ['odd.dcm', () => dicom(300), 'full', 1],
    ['small.dcm', () => dicom(100), 'window:1000:900', 1],
    ['photograph.jpg', () => jpeg(800, 600, 3), 'auto', 3],
    ['half.jpg', () => jpeg(512, 512, 3), 'auto', 3],
    ['quarter.jpg', () => jpeg(1024, 768, 3), 'auto', 3],
    ['odd.jpg', () => jpeg(301, 517, 3), 'auto', 3],
    ['turned.jpg', () => jpeg(700, 517, 3, 6), 'auto', 3],
    ['mirrored.jpg', () => jpeg(700, 517, 3, 7), 'auto', 3],
    ["a patient's [shrink=4].jpg", () => jpeg(600, 512, 3), 'auto', 3],
    ['small.jpg', () => jpeg(90, 70, 3), 'auto', 3],
    ['grey.jpg', () => jpeg(512, 512, 1), 'auto', 1],
    ['stretched.jpg', () => jpeg(512, 384, 1), 'full', 1],
    ['drawn.png', () => png(512, 256), 'auto', 3],
    ['wide.png', () => png(700, 90), 'auto', 3],
  ])("of %s is close to the model's input", async (name, bytes, range, channels) => {
    const path = await folder.file(name, await bytes());
    const preparation = preparationOf({ range });
    const file = await openImage(path);
    const thumbnail = await readThumbnail(file, preparation);
    await file.close();
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', channels });
    const shown = await sharp(thumbnail).toColourspace('srgb').raw().toBuffer();
    const seen = await witness(path, preparation);
    expect(shown).toHaveLength(seen.length);
    let [sum, largest] = [0, 0];
    for (const [at, shade] of seen.entries()) {
      const error = Math.abs(shade - (shown[at] ?? NaN));
      sum += error;
      largest = Math.max(largest, error);
    }
    // Grey levels of 256.
    expect(sum / seen.length).toBeLessThan(3);
    expect(largest).toBeLessThan(32);
  });

  it('of a photograph that is cut short is refused, although its decoder reads only a part', async () => {
    const whole = await jpeg(1600, 1200, 3);
    const path = await folder.file('cut.jpg', whole.subarray(0, whole.length * 0.7));
    const file = await openImage(path);
    await expectRefusal(readThumbnail(file, plainPreparation), 'invalid-file', /cut\.jpg/);
    await file.close();
  });
});
