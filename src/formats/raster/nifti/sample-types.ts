import { UserError } from '../../../core/errors.ts';
import { niftiText } from '../../../text/index.ts';
import type { Interpretation, SampleType } from '../image-file.ts';

/** Storage of a voxel. */
export interface VoxelType {
  /** Name in the format's own header file. */
  readonly name: string;
  /** Bytes of one stored value; a voxel has `bands` values. */
  readonly bytes: number;
  /** Type that values are read as. */
  readonly sampleType: SampleType;
  readonly bands: number;
  readonly interpretation: Interpretation;
  /** True for 64-bit integers, which doubles represent exactly up to 2^53. */
  readonly wide: 'int64' | 'uint64' | null;
}

function grey(name: string, bytes: number, sampleType: SampleType): VoxelType {
  return { name, bytes, sampleType, bands: 1, interpretation: 'grey', wide: null };
}

function colour(name: string, bands: number): VoxelType {
  return { name, bytes: 1, sampleType: 'uint8', bands, interpretation: 'rgb', wide: null };
}

/** Voxel types by the code `datatype` (nifti1.h, "TYPE OF DATA"). */
const voxelTypes: ReadonlyMap<number, VoxelType> = new Map([
  [2, grey('uint8', 1, 'uint8')],
  [4, grey('int16', 2, 'int16')],
  [8, grey('int32', 4, 'int32')],
  [16, grey('float32', 4, 'float32')],
  [64, grey('float64', 8, 'float64')],
  [128, colour('rgb24', 3)],
  [256, grey('int8', 1, 'int8')],
  [512, grey('uint16', 2, 'uint16')],
  [768, grey('uint32', 4, 'uint32')],
  [1024, { ...grey('int64', 8, 'float64'), wide: 'int64' }],
  [1280, { ...grey('uint64', 8, 'float64'), wide: 'uint64' }],
  [2304, colour('rgba32', 4)],
]);

/** Known types that cannot be represented without loss. */
const refused: ReadonlyMap<number, string> = new Map([
  [1, niftiText.singleBits],
  [32, niftiText.complexNumbers],
  [1536, niftiText.wideFloats],
  [1792, niftiText.complexNumbers],
  [2048, niftiText.complexNumbers],
]);

/** @throws UserError 'unsupported' for types that cannot be represented, 'invalid-file' for unknown ones */
export function voxelTypeOf(code: number, path: string): VoxelType {
  const type = voxelTypes.get(code);
  if (type !== undefined) return type;
  const name = refused.get(code);
  if (name === undefined) {
    throw new UserError('invalid-file', niftiText.invalid(path, niftiText.unknownType(code)));
  }
  throw new UserError('unsupported', niftiText.unsupportedType(path, name));
}
