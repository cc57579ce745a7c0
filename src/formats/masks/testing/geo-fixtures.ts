import { dicomFile, syntax, type Entry } from '../../testing/dicom-fixtures.ts';
import { niftiFile } from '../../raster/nifti/nifti-fixtures.ts';
import { doubles, short, text, tiffBytes } from '../../testing/tiff-fixtures.ts';

/** Georeferenced images, made by hand for the tests of masks on them. */

/** A rotated raster, in a coordinate system of its own without a code. */
export function turnedGeotiff(width: number, height: number, isLittleEndian = true): Buffer {
  const values = new Array<number>(width * height).fill(1);
  const keys = [
    ...[1, 1, 0, 9],
    ...[1024, 0, 1, 1],
    ...[1025, 0, 1, 2],
    ...[1026, 34737, 9, 0],
    ...[2048, 0, 1, 4326],
    ...[3072, 0, 1, 32767],
    ...[3074, 0, 1, 32767],
    ...[3075, 0, 1, 1],
    ...[3076, 0, 1, 9001],
    ...[3080, 34736, 1, 0],
  ];
  const turn = [0.6, 0.8, 0, 1e6 / 3, 0.8, -0.6, 0, 2e6 / 7];
  const fields = [
    doubles(34264, ...turn, ...[0, 0, 0, 0], ...[0, 0, 0, 1]),
    short(34735, ...keys),
    doubles(34736, 9.125 + 1 / 3),
    text(34737, 'Mine own|'),
  ];
  return tiffBytes([{ width, height, values, fields }], { isLittleEndian });
}

/** A volume with tilted axes, and texts that could name a patient. */
export function askewVolume(
  version: 1 | 2,
  shape: readonly number[],
  littleEndian: boolean,
): Buffer {
  const count = shape.reduce((product, length) => product * length, 1);
  const bytes = niftiFile({
    version,
    shape,
    littleEndian,
    type: 'int16',
    slope: 2,
    qfac: -1,
    values: new Array<number>(count).fill(3),
    zooms: [0.7, 1.1, 2.5, 3],
    qform: [0.1, 0.2, 0.3, -1, 2 / 3, 5],
    sform: [0, -1.1, 0.1, 40.1, -0.7, 0, 0, 31.7, 0, 0.05, 2.5, -12.3],
    gap: 32,
  });
  const texts = { 1: [14, 148, 228], 2: [240, 320] } as const;
  for (const at of texts[version]) bytes.write('Doe^Jane', at, 'latin1');
  return bytes;
}

export interface SliceOptions {
  readonly rows: number;
  readonly columns: number;
  /** mm, along the normal. */
  readonly z: number;
  readonly instance: string;
  /** Tags to leave out. */
  readonly without?: readonly number[];
  readonly more?: readonly Entry[];
}

/** A slice of a CT series, with a patient's name, number and date of birth. */
export function ctSlice({
  rows,
  columns,
  z,
  instance,
  without = [],
  more = [],
}: SliceOptions): Buffer {
  const entries: Entry[] = [
    [0x00080005, 'CS', 'ISO_IR 192'],
    [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2'],
    [0x00080018, 'UI', instance],
    [0x00080020, 'DA', '20200101'],
    [0x00080060, 'CS', 'CT'],
    [0x00100010, 'PN', 'Doe^Jane'],
    [0x00100020, 'LO', 'secret-4711'],
    [0x00100030, 'DA', '19700101'],
    [0x00180050, 'DS', '2.5'],
    [0x0020000d, 'UI', '2.25.42421'],
    [0x0020000e, 'UI', '2.25.42422'],
    [0x00200013, 'IS', '1'],
    [0x00200032, 'DS', `-10.5\\-20.25\\${z}`],
    [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
    [0x00200052, 'UI', '2.25.42423'],
    [0x00280002, 'US', [1]],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', [rows]],
    [0x00280011, 'US', [columns]],
    [0x00280030, 'DS', '0.7\\0.8'],
    [0x00280100, 'US', [8]],
    [0x00280101, 'US', [8]],
    [0x00280102, 'US', [7]],
    [0x00280103, 'US', [0]],
    [0x7fe00010, 'OB', new Uint8Array(rows * columns)],
  ];
  const tags = new Set([...without, ...more.map(([tag]) => tag)]);
  const all = [...entries.filter(([tag]) => !tags.has(tag)), ...more].sort(([a], [b]) => a - b);
  return dicomFile(syntax.explicit, all);
}
