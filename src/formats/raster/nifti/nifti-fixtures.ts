import { headerBytes } from './header.ts';

/** NIfTI files made by hand for the tests. */

/** Codes of `datatype` and the bytes of one value. */
const storedTypes = {
  uint8: [2, 1],
  int16: [4, 2],
  int32: [8, 4],
  float32: [16, 4],
  complex64: [32, 8],
  float64: [64, 8],
  rgb24: [128, 1],
  int8: [256, 1],
  uint16: [512, 2],
  uint32: [768, 4],
  int64: [1024, 8],
  uint64: [1280, 8],
  rgba32: [2304, 1],
} as const;

export type StoredType = keyof typeof storedTypes;

export interface NiftiOptions {
  readonly version?: 1 | 2;
  readonly littleEndian?: boolean;
  /** Header and voxels in two files: see `niftiParts`. */
  readonly isPair?: boolean;
  readonly shape: readonly number[];
  readonly type: StoredType;
  /** Values in the file's order, the first axis fastest; bands interleaved. */
  readonly values: readonly (number | bigint)[];
  readonly slope?: number;
  readonly intercept?: number;
  readonly zooms?: readonly number[];
  readonly qfac?: number;
  readonly units?: number;
  readonly shown?: readonly [low: number, high: number];
  /** Three rows of four. */
  readonly sform?: readonly number[];
  /** b, c, d and the offset. */
  readonly qform?: readonly number[];
  /** Bytes between header and voxels in addition to the four that are always there. */
  readonly gap?: number;
}

/** Offsets of the fields, repeated here so that the tests do not depend on the reader's table. */
const fields = {
  1: {
    shape: ['i16', 40],
    datatype: ['i16', 70],
    bitpix: ['i16', 72],
    zooms: ['f32', 76],
    offset: ['f32', 108],
    slope: ['f32', 112],
    intercept: ['f32', 116],
    units: ['u8', 123],
    high: ['f32', 124],
    low: ['f32', 128],
    qcode: ['i16', 252],
    scode: ['i16', 254],
    qform: ['f32', 256],
    sform: ['f32', 280],
  },
  2: {
    datatype: ['i16', 12],
    bitpix: ['i16', 14],
    shape: ['i64', 16],
    zooms: ['f64', 104],
    offset: ['i64', 168],
    slope: ['f64', 176],
    intercept: ['f64', 184],
    high: ['f64', 192],
    low: ['f64', 200],
    qcode: ['i32', 344],
    scode: ['i32', 348],
    qform: ['f64', 352],
    sform: ['f64', 400],
    units: ['i32', 500],
  },
} as const;

type FieldType = 'u8' | 'i16' | 'i32' | 'i64' | 'f32' | 'f64';
const fieldBytes: Record<FieldType, number> = { u8: 1, i16: 2, i32: 4, i64: 8, f32: 4, f64: 8 };

function put(view: DataView, type: FieldType, at: number, value: number, little: boolean): void {
  if (type === 'u8') view.setUint8(at, value);
  if (type === 'i16') view.setInt16(at, value, little);
  if (type === 'i32') view.setInt32(at, value, little);
  if (type === 'i64') view.setBigInt64(at, BigInt(value), little);
  if (type === 'f32') view.setFloat32(at, value, little);
  if (type === 'f64') view.setFloat64(at, value, little);
}

/** The header, with the bytes between it and the voxels, and the voxels. */
export function niftiParts(options: NiftiOptions): { header: Buffer; voxels: Buffer } {
  const { version = 1, littleEndian = true, isPair = false, gap = 0, zooms = [] } = options;
  const size = headerBytes[version];
  const header = Buffer.alloc(size + 4 + gap);
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  view.setInt32(0, size, littleEndian);
  const kind = isPair ? 'ni' : 'n+';
  if (version === 1) header.write(`${kind}1\0`, 344, 'latin1');
  else header.write(`${kind}2\0\r\n\x1a\n`, 4, 'latin1');
  const { shape, type, slope = 0, intercept = 0, units = 2, qfac = 1, sform, qform } = options;
  const [code, bytes] = storedTypes[type];
  const ones = (values: readonly number[]): number[] =>
    Array.from({ length: 7 }, (_, axis) => values[axis] ?? 1);
  const content: Record<keyof (typeof fields)[1], readonly number[]> = {
    shape: [shape.length, ...ones(shape)],
    datatype: [code],
    bitpix: [8 * bytes],
    zooms: [qfac, ...ones(zooms)],
    offset: [isPair ? 0 : header.length],
    slope: [slope],
    intercept: [intercept],
    units: [units],
    high: [options.shown?.[1] ?? 0],
    low: [options.shown?.[0] ?? 0],
    qcode: [qform === undefined ? 0 : 1],
    scode: [sform === undefined ? 0 : 2],
    qform: qform ?? [],
    sform: sform ?? [],
  };
  for (const [name, values] of Object.entries(content)) {
    const [fieldType, at] = fields[version][name as keyof typeof content];
    for (const [index, value] of values.entries()) {
      put(view, fieldType, at + index * fieldBytes[fieldType], value, littleEndian);
    }
  }
  return { header, voxels: voxelBytes(options) };
}

/** A `.nii` file. */
export function niftiFile(options: NiftiOptions): Buffer {
  const { header, voxels } = niftiParts(options);
  return Buffer.concat([header, voxels]);
}

function voxelBytes({ type, values, littleEndian: little = true }: NiftiOptions): Buffer {
  const bytes = storedTypes[type][1];
  const buffer = Buffer.alloc(values.length * bytes);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  for (const [index, value] of values.entries()) {
    const at = index * bytes;
    const number = Number(value);
    if (type === 'int8') view.setInt8(at, number);
    else if (bytes === 1) view.setUint8(at, number);
    else if (type === 'int16') view.setInt16(at, number, little);
    else if (type === 'uint16') view.setUint16(at, number, little);
    else if (type === 'int32') view.setInt32(at, number, little);
    else if (type === 'uint32') view.setUint32(at, number, little);
    else if (type === 'float32') view.setFloat32(at, number, little);
    else if (type === 'float64') view.setFloat64(at, number, little);
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), little);
  }
  return buffer;
}

/** 0, 1, 2, … for as many voxels as `shape` has. */
export function counting(shape: readonly number[], bands = 1): number[] {
  const count = shape.reduce((product, length) => product * length, bands);
  return Array.from({ length: count }, (_, index) => index);
}
