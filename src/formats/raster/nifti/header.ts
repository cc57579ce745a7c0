import { UserError } from '../../../core/errors.ts';
import { niftiText } from '../../../text/index.ts';

/**
 * The header of a NIfTI file. Fields, offsets and meanings: NIfTI-1 data format (nifti1.h, R. W. Cox et al. 2004) and
 * NIfTI-2 (nifti2.h, 2011), https://nifti.nimh.nih.gov.
 */
export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly isLittleEndian: boolean;
  /** True if the voxels are in a file of their own (`.img`). */
  readonly isPair: boolean;
  /** Length of each axis that the file states, 1 to 7 of them; x, y, z, time, … */
  readonly shape: readonly number[];
  /** Code of the voxel type; see sample-types.ts. */
  readonly datatype: number;
  /** pixdim 1 to 7: distance of neighbours along each axis, as stored. */
  readonly spacings: readonly number[];
  /** pixdim 0: −1 if the third axis is mirrored in the qform. */
  readonly qfac: number;
  /** Offset of the first voxel byte. */
  readonly offset: number;
  readonly slope: number;
  readonly intercept: number;
  /** Display range that the file requests, in scaled values; both 0 if it requests none. */
  readonly shown: { readonly low: number; readonly high: number };
  /** xyzt_units. */
  readonly units: number;
  readonly qformCode: number;
  readonly sformCode: number;
  readonly quaternion: readonly [b: number, c: number, d: number];
  readonly quaternionOffset: readonly [x: number, y: number, z: number];
  /** The sform, row by row: 12 numbers. */
  readonly sform: readonly number[];
}

/** Size of a header, bytes: the value of `sizeof_hdr` in each version. */
export const headerBytes = { 1: 348, 2: 540 } as const;

type NumberType = 'uint8' | 'int16' | 'int32' | 'int64' | 'float32' | 'float64';
type Place = readonly [type: NumberType, at: number];

/** Offsets of the fields in a version; lists of numbers are contiguous. */
interface Layout {
  readonly dimensions: Place;
  readonly datatype: Place;
  readonly spacings: Place;
  readonly offset: Place;
  readonly slope: Place;
  readonly intercept: Place;
  readonly shownHigh: Place;
  readonly shownLow: Place;
  readonly units: Place;
  readonly qformCode: Place;
  readonly sformCode: Place;
  readonly quaternion: Place;
  readonly quaternionOffset: Place;
  readonly sform: Place;
}

const layouts: Record<1 | 2, Layout> = {
  1: {
    dimensions: ['int16', 40],
    datatype: ['int16', 70],
    spacings: ['float32', 76],
    offset: ['float32', 108],
    slope: ['float32', 112],
    intercept: ['float32', 116],
    units: ['uint8', 123],
    shownHigh: ['float32', 124],
    shownLow: ['float32', 128],
    qformCode: ['int16', 252],
    sformCode: ['int16', 254],
    quaternion: ['float32', 256],
    quaternionOffset: ['float32', 268],
    sform: ['float32', 280],
  },
  2: {
    datatype: ['int16', 12],
    dimensions: ['int64', 16],
    spacings: ['float64', 104],
    offset: ['int64', 168],
    slope: ['float64', 176],
    intercept: ['float64', 184],
    shownHigh: ['float64', 192],
    shownLow: ['float64', 200],
    qformCode: ['int32', 344],
    sformCode: ['int32', 348],
    quaternion: ['float64', 352],
    quaternionOffset: ['float64', 376],
    sform: ['float64', 400],
    units: ['int32', 500],
  },
};

interface Kind {
  readonly version: 1 | 2;
  readonly isPair: boolean;
  readonly isLittleEndian: boolean;
}

/** Returns the kind of a header by its signature; undefined if it is not a NIfTI header. */
export function niftiKind(head: Uint8Array): Kind | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const text = (at: number, length: number): string =>
    String.fromCharCode(...head.subarray(at, at + length));
  for (const version of [1, 2] as const) {
    if (head.length < headerBytes[version]) continue;
    // n+1 and ni1; in version 2 followed by bytes that reveal a transfer as text.
    const mark = version === 1 ? text(344, 4) : text(4, 8);
    const tail = version === 1 ? '\0' : '\0\r\n\x1a\n';
    const isSingle = mark === `n+${version}${tail}`;
    if (!isSingle && mark !== `ni${version}${tail}`) continue;
    for (const isLittleEndian of [true, false]) {
      const isSize = view.getInt32(0, isLittleEndian) === headerBytes[version];
      if (isSize) return { version, isPair: !isSingle, isLittleEndian };
    }
  }
  return undefined;
}

/**
 * Reads a header and checks its basic values: axes, offset of the voxels.
 *
 * @param head the first `headBytes` of the file, fewer if it is shorter
 * @throws UserError 'invalid-file'
 */
export function readNiftiHeader(head: Uint8Array, path: string): NiftiHeader {
  const kind = niftiKind(head);
  if (kind === undefined) throw invalidNifti(path, niftiText.noMagicNumber);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const layout = layouts[kind.version];
  const numbers = (place: Place, count: number): number[] =>
    Array.from({ length: count }, (_, index) =>
      readNumber(view, place[0], place[1] + index * widths[place[0]], kind.isLittleEndian),
    );
  const one = (place: Place): number => numbers(place, 1)[0] ?? 0;
  const three = (place: Place): [number, number, number] => {
    const [a = 0, b = 0, c = 0] = numbers(place, 3);
    return [a, b, c];
  };
  const [qfac = 1, ...spacings] = numbers(layout.spacings, 8);
  return {
    ...kind,
    shape: checkedShape(numbers(layout.dimensions, 8), path),
    datatype: one(layout.datatype),
    spacings,
    qfac,
    offset: checkedOffset(one(layout.offset), kind, path),
    slope: one(layout.slope),
    intercept: one(layout.intercept),
    shown: { low: one(layout.shownLow), high: one(layout.shownHigh) },
    units: one(layout.units),
    qformCode: one(layout.qformCode),
    sformCode: one(layout.sformCode),
    quaternion: three(layout.quaternion),
    quaternionOffset: three(layout.quaternionOffset),
    sform: numbers(layout.sform, 12),
  };
}

const widths: Record<NumberType, number> = {
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
  float64: 8,
};

function readNumber(view: DataView, type: NumberType, at: number, little: boolean): number {
  switch (type) {
    case 'uint8':
      return view.getUint8(at);
    case 'int16':
      return view.getInt16(at, little);
    case 'int32':
      return view.getInt32(at, little);
    case 'int64':
      return Number(view.getBigInt64(at, little));
    case 'float32':
      return view.getFloat32(at, little);
    case 'float64':
      return view.getFloat64(at, little);
  }
}

function checkedShape([count = 0, ...lengths]: readonly number[], path: string): number[] {
  if (count < 1 || count > 7) throw invalidNifti(path, niftiText.axisCount(count));
  const shape = lengths.slice(0, count);
  const wrong = shape.find((length) => length < 1 || !Number.isSafeInteger(length));
  if (wrong !== undefined) throw invalidNifti(path, niftiText.axisLength(wrong));
  return shape;
}

function checkedOffset(offset: number, { version, isPair }: Kind, path: string): number {
  const least = isPair ? 0 : headerBytes[version];
  if (Number.isSafeInteger(offset) && offset >= least) return offset;
  throw invalidNifti(path, niftiText.voxelOffset(offset));
}

/** `UserError('invalid-file')` that names the file, the reason and what to do. */
export function invalidNifti(path: string, reason: string): UserError {
  return new UserError('invalid-file', niftiText.invalid(path, reason));
}
