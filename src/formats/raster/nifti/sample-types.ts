import { UserError } from '../../../core/errors.ts';
import type { Interpretation, SampleType } from '../image-file.ts';

/** How a voxel is stored. */
export interface VoxelType {
  /** As the format's own header file calls it. */
  readonly name: string;
  /** Bytes of one stored value; a voxel has `bands` of them. */
  readonly bytes: number;
  /** What values are read as. */
  readonly sampleType: SampleType;
  readonly bands: number;
  readonly interpretation: Interpretation;
  /** Stored as 64-bit integers, which doubles hold exactly up to 2^53. */
  readonly wide: 'int64' | 'uint64' | null;
}

function grey(name: string, bytes: number, sampleType: SampleType): VoxelType {
  return { name, bytes, sampleType, bands: 1, interpretation: 'grey', wide: null };
}

function colour(name: string, bands: number): VoxelType {
  return { name, bytes: 1, sampleType: 'uint8', bands, interpretation: 'rgb', wide: null };
}

/** By the code `datatype` (nifti1.h, "TYPE OF DATA"). */
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

/** Types with a name that cannot be kept without loss. */
const refused: ReadonlyMap<number, string> = new Map([
  [1, 'single bits'],
  [32, 'complex numbers'],
  [1536, '128-bit floating point'],
  [1792, 'complex numbers'],
  [2048, 'complex numbers'],
]);

/** @throws UserError 'unsupported' for types that cannot be kept, 'invalid-file' for unknown ones */
export function voxelTypeOf(code: number, path: string): VoxelType {
  const type = voxelTypes.get(code);
  if (type !== undefined) return type;
  const name = refused.get(code);
  if (name === undefined) {
    throw new UserError(
      'invalid-file',
      `${path} is not a valid NIfTI file: its voxels are of a type with the code ${code}, which the format does not know. Copy it again or remove it.`,
    );
  }
  throw new UserError(
    'unsupported',
    `${path} holds ${name}, which is not supported. Save it as integers or as floating point of 32 or 64 bits.`,
  );
}
