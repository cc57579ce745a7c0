/**
 * `node tests/round-trip/write.ts OUT [DATA]`: writes random masks in every format, and next to them their content as
 * plain bytes, for `check.py` to read back with libraries that share nothing with ours. With DATA, a folder like
 * ../shared/data, also masks for the DICOM, GeoTIFF and NIfTI files in it.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cocoOfMasks } from '../../src/formats/masks/coco/write-coco.ts';
import {
  joinSources,
  readSegSource,
  seriesKey,
} from '../../src/formats/masks/dicom-seg/seg-source.ts';
import { segOfMasks } from '../../src/formats/masks/dicom-seg/write-seg.ts';
import { readGeoSource } from '../../src/formats/masks/geotiff/geo-tags.ts';
import { writeGeotiffMask } from '../../src/formats/masks/geotiff/write-geotiff.ts';
import { niftiOfMasks, readNiftiSource } from '../../src/formats/masks/nifti/write-nifti.ts';
import { labelMap } from '../../src/formats/masks/paired/write-label-map.ts';
import { pngOfMask } from '../../src/formats/masks/paired/write-png.ts';
import { memoryMask, randomMask } from '../../src/formats/masks/testing/memory-mask.ts';
import { composeFileAtomically, writeFileAtomically } from '../../src/formats/files/write-file.ts';
import { niftiFile } from '../../src/formats/raster/nifti/nifti-fixtures.ts';
import { dicomFile, syntax, type Entry } from '../../src/formats/testing/dicom-fixtures.ts';
import { doubles, short, text, tiffBytes } from '../../src/formats/testing/tiff-fixtures.ts';

const [out = '', data = ''] = process.argv.slice(2);
const classes = [
  { value: 1, name: 'water', colour: '#0072b2' },
  { value: 2, name: 'Straße & <ż>: "x"', colour: '#e69f00' },
  {
    value: 3,
    name: `a name of more than sixty-four letters, ${'very '.repeat(8)}long`,
    colour: null,
  },
];
const values = [0, 1, 2, 3, 255];
const sizes = [
  [1, 1],
  [513, 37],
  [7, 1025],
  [1300, 700],
] as const;
const manifest: object[] = [];

await mkdir(out, { recursive: true });

async function truth(name: string, pixels: Uint8Array): Promise<string> {
  await writeFile(join(out, `${name}.raw`), pixels);
  return `${name}.raw`;
}

for (const [index, [width, height]] of sizes.entries()) {
  const pixels = randomMask(index, { width, height }, values);
  const mask = memoryMask(pixels, { width, height }, classes);
  const raw = await truth(`plain-${index}`, pixels);
  await writeFileAtomically(join(out, `${index}.png`), pngOfMask(mask));
  await writeFileAtomically(
    join(out, `${index}.json`),
    cocoOfMasks([{ name: `${index}.png`, mask }], classes),
  );
  manifest.push({ kind: 'png', file: `${index}.png`, raw, width, height });
  manifest.push({ kind: 'coco', file: `${index}.json`, raw, width, height });
}
await writeFile(join(out, 'labelmap.txt'), labelMap(classes));

async function geotiff(name: string, source: string, size: { width: number; height: number }) {
  const { tags } = await readGeoSource(source);
  if (tags === null) {
    console.log(`${name}: not placed`);
    return;
  }
  const pixels = randomMask(name.length, size, values);
  for (const isBig of [false, true]) {
    const file = `${name}-${isBig ? 'big' : 'classic'}.tif`;
    await composeFileAtomically(join(out, file), (handle) =>
      writeGeotiffMask(handle, memoryMask(pixels, size, classes), tags, { isBig }),
    );
    manifest.push({ kind: 'geotiff', file, source, raw: await truth(file, pixels), ...size });
  }
}

async function nifti(name: string, path: string) {
  const source = await readNiftiSource(path);
  const { width, height, frames } = source;
  const masks = Array.from({ length: frames }, (_, frame) =>
    randomMask(frame, { width, height }, values),
  );
  const file = `${name}-labels.nii.gz`;
  const parts = niftiOfMasks(
    source,
    (frame) => {
      const pixels = masks[frame];
      return frame % 5 === 3 || !pixels ? null : memoryMask(pixels, { width, height }, classes);
    },
    255,
  );
  await writeFileAtomically(join(out, file), parts);
  const known = masks.map((mask, frame) => (frame % 5 === 3 ? mask.map(() => 255) : mask));
  const raw = await truth(file, Buffer.concat(known));
  const { x, y, slice, slices } = source.volume;
  manifest.push({
    kind: 'nifti',
    file,
    source: path,
    raw,
    width,
    height,
    frames,
    slices,
    x,
    y,
    slice,
  });
}

async function seg(name: string, paths: readonly string[]) {
  const read = await Promise.all(paths.map(readSegSource)).catch((error: unknown) => {
    console.log(`${name}: ${error instanceof Error ? error.message : ''}`);
    return [];
  });
  if (read.length === 0) return;
  const source = joinSources(read);
  const size = { width: source.columns, height: source.rows };
  const masked = source.frames.map((frame, index) => {
    // One slice without regions.
    const pixels = index === 1 ? randomMask(0, size, [0]) : randomMask(index, size, values);
    return { frame, pixels, mask: memoryMask(pixels, size, classes) };
  });
  const file = `${name}-seg.dcm`;
  await writeFileAtomically(
    join(out, file),
    segOfMasks(source, masked, classes, { version: '1.2.3' }),
  );
  const raw = await truth(file, Buffer.concat(masked.map(({ pixels }) => pixels)));
  const frames = source.frames.map(({ instance, number }) => [instance, number]);
  manifest.push({
    kind: 'seg',
    file,
    raw,
    ...size,
    frames,
    sources: paths,
    key: seriesKey(source),
  });
}

const local = join(out, 'sources');
await mkdir(local, { recursive: true });

// A coordinate system without a code, on a rotated raster.
const turned = join(local, 'turned.tif');
await writeFile(
  turned,
  tiffBytes([
    {
      ...{ width: 600, height: 520, values: new Array<number>(600 * 520).fill(1) },
      fields: [
        doubles(34264, 0.6, 0.8, 0, 1e6 / 3, 0.8, -0.6, 0, 2e6 / 7, 0, 0, 0, 0, 0, 0, 0, 1),
        short(
          34735,
          1,
          1,
          0,
          9,
          1024,
          0,
          1,
          1,
          1025,
          0,
          1,
          2,
          1026,
          34737,
          9,
          0,
          2048,
          0,
          1,
          4326,
          3072,
          0,
          1,
          32767,
          3074,
          0,
          1,
          32767,
          3075,
          0,
          1,
          1,
          3076,
          0,
          1,
          9001,
          3080,
          34736,
          1,
          0,
        ),
        doubles(34736, 9.123456789012344),
        text(34737, 'Mine own|'),
      ],
    },
  ]),
);
await geotiff('turned', turned, { width: 600, height: 520 });

for (const [version, shape] of [
  [1, [5, 7, 4]],
  [2, [6, 5, 3, 2]],
] as const) {
  const count = shape.reduce<number>((product, length) => product * length, 1);
  const path = join(local, `volume-${version}.nii`);
  const bytes = niftiFile({
    ...{ version, shape, type: 'int16', values: new Array<number>(count).fill(3), slope: 2 },
    ...{ zooms: [0.7, 1.1, 2.5, 3], qform: [0.1, 0.2, 0.3, -1, 2 / 3, 5], qfac: -1 },
    sform: [0, -1.1, 0.1, 40.1, -0.7, 0, 0, 31.7, 0, 0.05, 2.5, -12.3],
    littleEndian: version === 1,
  });
  bytes.write('Doe^Jane', version === 1 ? 148 : 240, 'latin1');
  await writeFile(path, bytes);
  await nifti(`volume-${version}`, path);
}

const uid = (index: number): string => `2.25.4242${index}`;
const slices: string[] = [];
for (let index = 0; index < 5; index++) {
  const entries: Entry[] = [
    [0x00080005, 'CS', 'ISO_IR 192'],
    [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
    [0x00080018, 'UI', uid(100 + index)],
    [0x00080020, 'DA', '20200101'],
    [0x00080060, 'CS', 'CT'],
    [0x00100010, 'PN', 'Doe^Jane'],
    [0x00100020, 'LO', 'secret-4711'],
    [0x00100030, 'DA', '19700101'],
    [0x00180050, 'DS', '2.5'],
    [0x0020000d, 'UI', uid(1)],
    [0x0020000e, 'UI', uid(2)],
    [0x00200013, 'IS', String(index + 1)],
    // From the head down, in a different order than the files.
    [0x00200032, 'DS', `-10.5\\-20.25\\${[40, 37.5, 35, 32.5, 30][(index * 2) % 5] ?? 0}`],
    [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
    [0x00200052, 'UI', uid(3)],
    [0x00280002, 'US', [1]],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', [37]],
    [0x00280011, 'US', [53]],
    [0x00280030, 'DS', '0.7\\0.8'],
    [0x00280100, 'US', [8]],
    [0x00280101, 'US', [8]],
    [0x00280102, 'US', [7]],
    [0x00280103, 'US', [0]],
    [0x7fe00010, 'OB', new Uint8Array(37 * 53 + 1)],
  ];
  const path = join(local, `slice-${index}.dcm`);
  await writeFile(path, dicomFile(syntax.explicit, entries));
  slices.push(path);
}
await seg('series', slices);

if (data !== '' && existsSync(data)) {
  const { openImage } = await import('../../src/formats/raster/open.ts');
  for (const name of await readdir(join(data, 'geotiff'))) {
    if (!name.endsWith('.tif')) continue;
    const path = join(data, 'geotiff', name);
    const file = await openImage(path);
    const { width, height } = file.header;
    await file.close();
    await geotiff(name, path, { width, height });
  }
  for (const name of await readdir(join(data, 'nifti'))) {
    if (/\.nii(\.gz)?$/.test(name)) await nifti(name, join(data, 'nifti', name));
  }
  for (const name of await readdir(join(data, 'dicom'))) {
    if (name.endsWith('.dcm')) await seg(name, [join(data, 'dicom', name)]);
  }
}
await writeFile(join(out, 'manifest.json'), JSON.stringify(manifest, null, 1));
console.log(`${manifest.length} files written`);
