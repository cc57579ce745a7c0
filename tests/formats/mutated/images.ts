import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp, { type Sharp, type TiffOptions } from 'sharp';
import { plainPreparation } from '../../../src/core/image/preparation.ts';
import { readFrames } from '../../../src/formats/frames.ts';
import { pngFile } from '../../../src/formats/testing/image-fixtures.ts';
import { readImage } from '../../../src/formats/images.ts';
import {
  askewVolume,
  ctSlice,
  turnedGeotiff,
} from '../../../src/formats/masks/testing/geo-fixtures.ts';
import { withImage } from '../../../src/formats/open-images.ts';
import { readThumbnail } from '../../../src/formats/pictures.ts';
import { bmpFile } from '../../../src/formats/raster/common/bmp-fixtures.ts';
import {
  encapsulated,
  encapsulatedFile,
  pictureFile,
  rleFrame,
  syntax,
} from '../../../src/formats/testing/dicom-fixtures.ts';
import {
  counting,
  niftiFile,
  niftiParts,
} from '../../../src/formats/raster/nifti/nifti-fixtures.ts';
import {
  bytes,
  doubles,
  short,
  text,
  tiffBytes,
  type PageSpec,
} from '../../../src/formats/testing/tiff-fixtures.ts';
import { readTile } from '../../../src/formats/tiles/read-tile.ts';
import type { Case, Timed } from './case.ts';

/** Small images of every supported format. */

const width = 24;
const height = 16;
const values = (samples: number): number[] =>
  Array.from({ length: width * height * samples }, (_, at) => (at * 37) % 251);
const raw = (channels: 1 | 3 | 4): Sharp =>
  sharp(Uint8Array.from(values(channels)), { raw: { width, height, channels } });

export async function imageCases(): Promise<Case[]> {
  const files = {
    ...plain(),
    ...(await encoded()),
    ...tiffs(),
    ...(await tiffsOfOthers()),
    ...dicoms(),
    ...niftis(),
  };
  return [
    ...Object.entries(files).map(([path, content]) => imageCase(path, content)),
    // Compressed content is changed before it is compressed, because otherwise no change would get through.
    {
      ...imageCase('inner.nii.gz', askewVolume(1, [5, 4, 3], true)),
      pack: (content) => gzipSync(content, { level: 1 }),
    },
    ...pair(),
  ];
}

function imageCase(path: string, content: Buffer): Case {
  return {
    name: path,
    path,
    form: 'bytes',
    content,
    read: (folder, timed) => readAll(join(folder, path), timed),
  };
}

/** Reads what an import, a training run and the viewer read of an image. */
async function readAll(path: string, timed: Timed): Promise<void> {
  const found = await timed(() => readFrames(path));
  const frames = found?.frames ?? 1;
  for (const frame of new Set([0, Math.floor(frames / 2), frames - 1])) {
    await timed(() => withImage(path, (file) => readThumbnail(file, plainPreparation, frame)));
    await timed(() => readImage({ path, frame }));
    const place = { path, frame, levels: `${path}.levels` };
    await timed(() => readTile(place, { level: 0, x: 0, y: 0 }));
  }
}

function plain(): Record<string, Buffer> {
  const png = (channels: 1 | 2 | 3 | 4, bits: 8 | 16): Buffer =>
    pngFile({ width, height, channels, bits, values: values(channels) });
  const rows = { width: 8, height: 4 };
  const palette = [0, 1, 2, 3].map((value) => [value * 50, value, 255 - value]);
  const data = (length: number): number[] => Array.from({ length }, (_, at) => (at * 11) % 4);
  return {
    'grey.png': png(1, 8),
    'alpha.png': png(2, 16),
    'colours.png': png(3, 8),
    'colours-16.png': png(4, 16),
    'palette.bmp': bmpFile({ ...rows, bits: 8, palette, data: data(32) }),
    'upside.bmp': bmpFile({ ...rows, height: -4, bits: 24, data: data(96) }),
    'bits.bmp': bmpFile({ ...rows, bits: 1, palette: palette.slice(0, 2), data: data(16) }),
    'old.bmp': bmpFile({
      ...rows,
      bits: 4,
      headerSize: 12,
      palette: [...palette, ...palette, ...palette, ...palette],
      data: data(16),
    }),
    'runs.bmp': bmpFile({
      ...rows,
      bits: 8,
      compression: 1,
      palette,
      data: [8, 1, 0, 0, 0, 5, 1, 2, 3, 0, 1, 0, 0, 2, 3, 1, 4, 2, 0, 1],
    }),
    'runs-4.bmp': bmpFile({
      ...rows,
      bits: 4,
      compression: 2,
      palette,
      data: [8, 0x12, 0, 0, 0, 5, 0x12, 0x30, 0x10, 0, 0, 0, 4, 1, 0, 1],
    }),
    'masks.bmp': bmpFile({
      ...rows,
      bits: 16,
      compression: 3,
      masks: [0xf800, 0x7e0, 0x1f],
      data: data(64),
    }),
    'masks-alpha.bmp': bmpFile({
      ...rows,
      bits: 32,
      compression: 6,
      headerSize: 124,
      masks: [0xff0000, 0xff00, 0xff, 0xff000000],
      data: data(128),
    }),
  };
}

async function encoded(): Promise<Record<string, Buffer>> {
  const colours = raw(3);
  const cmyk = colours.clone().toColourspace('cmyk');
  return {
    'palette.png': await colours.clone().png({ palette: true }).toBuffer(),
    'interlaced.png': await colours.clone().png({ progressive: true }).toBuffer(),
    'plain.jpg': await colours.clone().jpeg().toBuffer(),
    'progressive.jpg': await colours
      .clone()
      .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
      .toBuffer(),
    'grey.jpg': await raw(1).toColourspace('b-w').jpeg().toBuffer(),
    'cmyk.jpg': await cmyk.jpeg().toBuffer(),
    'turned.jpg': await colours.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    'lossy.webp': await raw(4).webp().toBuffer(),
    'lossless.webp': await raw(4).webp({ lossless: true }).toBuffer(),
  };
}

function tiffs(): Record<string, Buffer> {
  const page: PageSpec = { width, height, samples: 3, photometric: 2, values: values(3) };
  const grey: PageSpec = { width, height, values: values(1) };
  const child = { ...grey, width: 12, height: 8, fields: [short(254, 1)] };
  const gdal =
    '<GDALMetadata><Item name="DESCRIPTION" sample="0" role="description">red</Item></GDALMetadata>';
  const ome =
    '<OME><Image><Pixels SizeC="1" SizeT="1" SizeX="24" SizeY="16" SizeZ="2" Type="uint8"/></Image></OME>';
  return {
    'turned.tif': turnedGeotiff(width, height),
    'turned-big-endian.tif': turnedGeotiff(width, height, false),
    'metadata.tif': tiffBytes([
      {
        ...page,
        fields: [
          text(42112, gdal),
          text(42113, '7'),
          doubles(33550, 1, 1, 0),
          doubles(33922, 0, 0, 0, 1, 1, 0),
        ],
      },
    ]),
    'ome.tif': tiffBytes([{ ...grey, fields: [text(270, ome)] }, grey]),
    'imagej.tif': tiffBytes([
      { ...grey, fields: [text(270, 'ImageJ=1.53\nimages=2\nslices=2\nunit=um\n')] },
      grey,
    ]),
    'lzw-tiles.tif': tiffBytes([{ ...page, compression: 5, predictor: 2, tile: [16, 16] }], {
      isBig: true,
    }),
    'deflate-planes.tif': tiffBytes(
      [{ ...page, compression: 8, isPlanar: true, rowsPerStrip: 7 }],
      { isLittleEndian: false },
    ),
    'pack-bits-pages.tif': tiffBytes([
      { ...page, compression: 32773, rowsPerStrip: 4 },
      grey,
      { ...grey, bits: 4, values: values(1).map((value) => value % 16) },
    ]),
    'zstd-pyramid.tif': tiffBytes([{ ...page, compression: 50000, children: [child] }]),
    'float.tif': tiffBytes([{ ...page, format: 3, bits: 32, compression: 8, predictor: 3 }]),
    'signed-16.tif': tiffBytes([{ ...grey, format: 2, bits: 16, compression: 8, missing: [0] }]),
    'palette.tif': tiffBytes([
      { ...grey, photometric: 3, fields: [short(320, ...values(2).slice(0, 768))] },
    ]),
    'embedded.tif': tiffBytes([{ ...grey, fields: [bytes(347, Uint8Array.from(values(1)))] }]),
  };
}

async function tiffsOfOthers(): Promise<Record<string, Buffer>> {
  const tiff = (options: TiffOptions, from = raw(3)): Promise<Buffer> =>
    from.tiff(options).toBuffer();
  const large = sharp({ create: { width: 300, height: 200, channels: 3, background: '#406080' } });
  return {
    'jpeg.tif': await tiff({ compression: 'jpeg' }),
    'webp.tif': await tiff({ compression: 'webp' }),
    'pyramid.tif': await tiff(
      { compression: 'jpeg', tile: true, tileWidth: 64, tileHeight: 64, pyramid: true },
      large,
    ),
  };
}

const goldens = join(import.meta.dirname, '..', 'dicom-goldens');

function dicoms(): Record<string, Buffer> {
  const compressed = readdirSync(goldens).filter((name) => name.endsWith('.dcm'));
  const picture = { rows: 4, columns: 6, allocated: 16, stored: 12, isSigned: true, frames: 2 };
  const words = Array.from({ length: 48 }, (_, at) => at * 80);
  const octets = Uint8Array.from({ length: 24 }, (_, at) => at);
  const frames = [0, 1].map(() => rleFrame([octets, octets]));
  return {
    ...Object.fromEntries(compressed.map((name) => [name, readFileSync(join(goldens, name))])),
    'slice.dcm': ctSlice({ rows: 6, columns: 5, z: 3, instance: '2.25.7' }),
    'implicit.dcm': pictureFile(syntax.implicit, picture, words),
    'big-endian.dcm': pictureFile(syntax.bigEndian, picture, words),
    'deflated.dcm': pictureFile(syntax.deflated, picture, words),
    'window.dcm': pictureFile(syntax.explicit, picture, words, [
      [0x00281050, 'DS', '40\\50'],
      [0x00281051, 'DS', '400\\80'],
      [0x00281052, 'DS', '-1024'],
      [0x00281053, 'DS', '2'],
    ]),
    'groups.dcm': pictureFile(syntax.explicit, picture, words, [
      [
        0x00283010,
        'SQ',
        [
          [
            [0x00283002, 'US', [4, 10, 12]],
            [0x00283006, 'US', [1, 2, 3, 4]],
          ],
        ],
      ],
      [0x52009229, 'SQ', [[[0x00289110, 'SQ', [[[0x00280030, 'DS', '1\\1']]]]]]],
      [0x52009230, 'SQ', [[[0x00209113, 'SQ', [[[0x00200032, 'DS', '1\\2\\3']]]]]]],
    ]),
    'chroma.dcm': pictureFile(
      syntax.explicit,
      { rows: 2, columns: 4, samples: 3, photometric: 'YBR_FULL_422' },
      octets.subarray(0, 16),
    ),
    'run-length.dcm': encapsulatedFile(
      syntax.rle,
      picture,
      encapsulated(frames, { table: [0, 8 + (frames[0]?.length ?? 0)] }),
    ),
  };
}

function niftis(): Record<string, Buffer> {
  const shape = [5, 4, 3];
  const volume = { shape, values: counting(shape) };
  return {
    'askew.nii': askewVolume(1, shape, true),
    'askew-2.nii': askewVolume(2, [4, 3, 2, 2], false),
    'float.nii': niftiFile({
      ...volume,
      type: 'float64',
      slope: 0.5,
      intercept: -3,
      shown: [1, 9],
    }),
    'colours.nii': niftiFile({ shape, values: counting(shape, 3), type: 'rgb24' }),
    'outer.nii.gz': gzipSync(niftiFile({ ...volume, type: 'int16' })),
  };
}

/** Header and voxels in two files, either of which may be changed. */
function pair(): Case[] {
  const shape = [5, 4, 3];
  const { header, voxels } = niftiParts({
    shape,
    values: counting(shape),
    type: 'int32',
    isPair: true,
  });
  const read: Case['read'] = (folder, timed) => readAll(join(folder, 'pair.img'), timed);
  const packedVoxels = gzipSync(voxels);
  return [
    { ...imageCase('pair.hdr', header), beside: { 'pair.img': voxels }, read },
    { ...imageCase('pair.img', voxels), beside: { 'pair.hdr': header }, read },
    {
      ...imageCase('pair.img.gz', packedVoxels),
      beside: { 'pair.hdr.gz': gzipSync(header) },
      read: (folder, timed) => readAll(join(folder, 'pair.hdr.gz'), timed),
    },
  ];
}
