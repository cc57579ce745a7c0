import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import codecs from 'dcmjs-codecs';
import { mapConcurrently } from '../src/formats/files/concurrently.ts';
import { sharp } from '../src/formats/libvips.ts';
import {
  encapsulated,
  encapsulatedFile,
  pictureFile,
  syntax,
} from '../src/formats/testing/dicom-fixtures.ts';
import { jpeg2000Header } from '../src/formats/raster/dicom/frames/jpeg2000-header.ts';
import { decodeNatively } from '../src/formats/raster/dicom/frames/native-codecs.ts';
import type { ReadRequest } from '../src/formats/raster/image-file.ts';
import { niftiFile } from '../src/formats/raster/nifti/nifti-fixtures.ts';
import { openImage } from '../src/formats/raster/open.ts';
import { fastest, printTable } from './table.ts';

/** Similar files, and the simplest way to their bytes or pixels. */
interface Case {
  readonly name: string;
  readonly paths: readonly string[];
  readonly requests: readonly ReadRequest[];
  readonly against: string;
  readonly plain: (path: string) => Promise<unknown>;
}

const runs = 9;

/** Compares reading images of every format with the simplest way to the same bytes or pixels. */
export async function benchFormats(folder: string): Promise<void> {
  const cases = [
    await nativeDicom(folder),
    await jpeg2000Dicom(folder),
    await tiledTiff(folder),
    await volume(folder),
    await smallJpegs(folder),
  ];
  const rows = [];
  for (const { name, paths, requests, against, plain } of cases) {
    // Alternately, so that a disturbance affects both.
    let [ours, theirs] = [Infinity, Infinity];
    for (let run = 0; run < runs; run++) {
      ours = Math.min(
        ours,
        await fastest(1, () => eachOf(paths, (path) => readAll(path, requests))),
      );
      theirs = Math.min(theirs, await fastest(1, () => eachOf(paths, plain)));
    }
    rows.push({
      file: name,
      'ms a file': (ours / paths.length).toFixed(2),
      against,
      'its ms': (theirs / paths.length).toFixed(2),
      ratio: (ours / theirs).toFixed(2),
    });
  }
  printTable('Reading images: opened, read whole and closed', rows);
}

/** Processes several files at once, as training does. */
async function eachOf(
  paths: readonly string[],
  work: (path: string) => Promise<unknown>,
): Promise<void> {
  await mapConcurrently(paths, 4, (path) => work(path));
}

async function readAll(path: string, requests: readonly ReadRequest[]): Promise<void> {
  const file = await openImage(path);
  for (const request of requests) await file.read(request);
  await file.close();
}

async function written(folder: string, name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

/** Waves with some noise, 12 bits: neither flat nor random, like real images. */
function waves(width: number, height: number, seed = 0): Uint16Array<ArrayBuffer> {
  const values = new Uint16Array(width * height);
  let state = seed + 1;
  for (let i = 0; i < values.length; i++) {
    state = (state * 48_271) % 2_147_483_647;
    const wave = Math.sin((i % width) / 40 + seed) * Math.cos(Math.floor(i / width) / 30);
    values[i] = 2000 + 1500 * wave + (state % 64);
  }
  return values;
}

const side = 512;
const picture = { rows: side, columns: side, allocated: 16, stored: 12 };

async function nativeDicom(folder: string): Promise<Case> {
  const bytes = pictureFile(syntax.explicit, picture, new Uint8Array(waves(side, side).buffer));
  return {
    name: 'DICOM, 512² of 16 bits',
    paths: [await written(folder, 'native.dcm', bytes)],
    requests: [{}],
    against: 'its bytes alone',
    plain: readFile,
  };
}

async function jpeg2000Dicom(folder: string): Promise<Case> {
  const codestream = await encoded();
  const bytes = encapsulatedFile(syntax.jpeg2000, picture, encapsulated([codestream]));
  const frame = { ...jpeg2000Header(codestream), bytes: codestream };
  return {
    name: 'the same in JPEG 2000',
    paths: [await written(folder, 'coded.dcm', bytes)],
    requests: [{}],
    against: 'its decoder alone',
    plain: () => decodeNatively('jpeg-2000', frame),
  };
}

/** Encodes with the library's own encoder, which the app does not use. */
async function encoded(): Promise<Uint8Array> {
  await codecs.NativeCodecs.initializeAsync();
  const context = new codecs.Context({
    width: side,
    height: side,
    bitsAllocated: 16,
    bitsStored: 12,
    samplesPerPixel: 1,
    pixelRepresentation: codecs.constants.PixelRepresentation.Unsigned,
    planarConfiguration: codecs.constants.PlanarConfiguration.Interleaved,
    photometricInterpretation: codecs.constants.PhotometricInterpretation.Monochrome2,
    decodedBuffer: new Uint8Array(waves(side, side).buffer),
  });
  const bytes = codecs.NativeCodecs.encodeJpeg2000(context, { lossy: false }).getEncodedBuffer();
  if (bytes === undefined) throw new Error('the encoder gave nothing');
  return bytes;
}

/** Returns 8-bit colours made of waves. */
function colours(width: number, height: number, seed?: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(waves(3 * width, height, seed), (value) => value >> 4);
}

async function tiledTiff(folder: string): Promise<Case> {
  const large = 2048;
  const path = join(folder, 'tiled.tif');
  await sharp(colours(large, large), { raw: { width: large, height: large, channels: 3 } })
    .tiff({ compression: 'deflate', tile: true, tileWidth: 256, tileHeight: 256 })
    .toFile(path);
  const offsets = Array.from({ length: large / side }, (_, i) => i * side);
  return {
    name: 'TIFF, 2048² RGB in deflated tiles, by 512²',
    paths: [path],
    requests: offsets.flatMap((y) =>
      offsets.map((x) => ({ region: { x, y, width: side, height: side } })),
    ),
    against: 'sharp, whole',
    plain: (file) => sharp(file).raw().toBuffer(),
  };
}

async function volume(folder: string): Promise<Case> {
  const length = 256;
  const header = niftiFile({ type: 'int16', shape: [length, length, length], values: [] });
  const voxels = Buffer.from(waves(length * length, length).buffer);
  return {
    name: 'NIfTI, 256³ of 16 bits, by slices',
    paths: [await written(folder, 'volume.nii', Buffer.concat([header, voxels]))],
    requests: Array.from({ length }, (_, frame) => ({ frame })),
    against: 'its bytes alone',
    plain: readFile,
  };
}

async function smallJpegs(folder: string): Promise<Case> {
  const small = 64;
  const raw = { width: small, height: small, channels: 3 } as const;
  const paths = await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const jpeg = await sharp(colours(small, small, i), { raw })
        .jpeg()
        .toBuffer();
      return written(folder, `${i}.jpg`, jpeg);
    }),
  );
  return {
    name: 'JPEG, 64² RGB, 200 files',
    paths,
    requests: [{}],
    against: 'sharp',
    plain: (file) => sharp(file).raw().toBuffer(),
  };
}
