import type { ReadLimits } from '../image-file.ts';
import type { Keyword } from './attributes.ts';
import type { DataSet, PixelElement } from './data-set.ts';
import { damaged, tooLarge, unsupported } from './faults.ts';
import { integer, text } from './values.ts';

const photometrics = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_PARTIAL_422',
  'YBR_PARTIAL_420',
  'YBR_ICT',
  'YBR_RCT',
] as const;

/** Others that the standard has or had (PS3.3, C.7.6.3.1.2), by name; no other text is repeated. */
const unsupportedPhotometrics = ['ARGB', 'CMYK', 'HSV', 'XYB'] as const;

export type Photometric = (typeof photometrics)[number];

/** The image pixel module (PS3.3, C.7.6.3), checked. */
export interface ImagePixel {
  /** px. */
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly photometric: Photometric;
  /** Colours lie in planes, one after the other. */
  readonly isPlanar: boolean;
  readonly isFloat: boolean;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  /** From 1 to `bitsAllocated`. */
  readonly bitsStored: number;
  /** Of the bits stored, in those allocated. */
  readonly lowBit: number;
  readonly isSigned: boolean;
  /** As declared. */
  readonly frames: number;
  readonly notes: readonly string[];
}

/** @throws DicomFault 'invalid-file', 'unsupported', 'too-large' */
export function imagePixel(dataSet: DataSet, pixels: PixelElement, limits: ReadLimits): ImagePixel {
  const rows = required(dataSet, 'Rows');
  const columns = required(dataSet, 'Columns');
  if (rows < 1 || columns < 1) throw damaged(`describes an image of ${columns} × ${rows} pixels`);
  if (rows * columns > limits.pixels) {
    throw tooLarge(`has ${columns} × ${rows} pixels, more than the limit of ${limits.pixels}`);
  }
  const frames = frameCount(dataSet, limits);
  const colour = colours(dataSet, limits);
  const depth =
    pixels.keyword === 'PixelData' ? integerDepth(dataSet) : floatDepth(pixels.keyword, colour);
  if (colour.photometric === 'PALETTE COLOR' && depth.isSigned) {
    throw unsupported('has a palette for negative values', 'Save it as RGB.');
  }
  // Colours are never negative, whatever a careless header says.
  const isSigned = depth.isSigned && colour.samples === 1;
  return { rows, columns, frames, ...colour, ...depth, isSigned };
}

function required(dataSet: DataSet, keyword: Keyword): number {
  const value = integer(dataSet, keyword);
  if (value === null) throw damaged(`has pixels, but does not say their ${keyword}`);
  return value;
}

function frameCount(dataSet: DataSet, limits: ReadLimits): number {
  const frames = integer(dataSet, 'NumberOfFrames') ?? 1;
  if (frames < 0) throw damaged(`claims ${frames} frames`);
  if (frames > limits.frames) {
    throw tooLarge(`has ${frames} frames, more than the limit of ${limits.frames}`);
  }
  // Some writers put 0 where they mean that there is no sequence of frames.
  return Math.max(1, frames);
}

type Colours = Pick<ImagePixel, 'samples' | 'photometric' | 'isPlanar'>;

function colours(dataSet: DataSet, limits: ReadLimits): Colours {
  const samples = required(dataSet, 'SamplesPerPixel');
  const said = text(dataSet, 'PhotometricInterpretation');
  if (said === null)
    throw damaged('does not say what its pixels mean (photometric interpretation)');
  const photometric = photometrics.find((known) => known === said.toUpperCase());
  if (photometric === undefined) {
    const name = unsupportedPhotometrics.find((known) => known === said.toUpperCase());
    throw unsupported(
      name === undefined
        ? 'has pixels of a kind that the standard does not know (photometric interpretation)'
        : `has pixels of the kind ${name}, which is not supported`,
      'Save it as RGB.',
    );
  }
  const expected = isColour(photometric) ? 3 : 1;
  if (samples !== expected) {
    throw damaged(`has ${samples} values a pixel, where ${photometric} has ${expected}`);
  }
  if (samples > limits.bands) {
    throw tooLarge(`has ${samples} bands, more than the limit of ${limits.bands}`);
  }
  const planar = expected === 1 ? 0 : (integer(dataSet, 'PlanarConfiguration') ?? 0);
  if (planar !== 0 && planar !== 1) throw damaged(`has the planar configuration ${planar}`);
  return { samples: expected, photometric, isPlanar: planar === 1 };
}

function isColour(photometric: Photometric): boolean {
  return photometric === 'RGB' || photometric.startsWith('YBR');
}

type Depth = Pick<
  ImagePixel,
  'isFloat' | 'bitsAllocated' | 'bitsStored' | 'lowBit' | 'isSigned' | 'notes'
>;

function integerDepth(dataSet: DataSet): Depth {
  const bitsAllocated = required(dataSet, 'BitsAllocated');
  if (bitsAllocated !== 1 && ![8, 16, 32].includes(bitsAllocated)) {
    throw unsupported(
      `has ${bitsAllocated} bits a value, which is not supported`,
      'Save it with 8, 16 or 32 bits.',
    );
  }
  const bitsStored = required(dataSet, 'BitsStored');
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw damaged(`stores ${bitsStored} bits in ${bitsAllocated}`);
  }
  const representation = required(dataSet, 'PixelRepresentation');
  if (representation !== 0 && representation !== 1) {
    throw damaged(`has the pixel representation ${representation}`);
  }
  const highBit = integer(dataSet, 'HighBit') ?? bitsStored - 1;
  const isPossible = highBit >= bitsStored - 1 && highBit < bitsAllocated;
  const notes = isPossible
    ? []
    : [`The high bit ${highBit} cannot be; values are taken from the lowest bits.`];
  return {
    isFloat: false,
    bitsAllocated: bitsAllocated as 1 | 8 | 16 | 32,
    bitsStored,
    lowBit: isPossible ? highBit + 1 - bitsStored : 0,
    isSigned: representation === 1 && bitsAllocated > 1,
    notes,
  };
}

function floatDepth(keyword: PixelElement['keyword'], { photometric }: Colours): Depth {
  if (!photometric.startsWith('MONOCHROME')) throw damaged('has floating-point colours');
  const bits = keyword === 'FloatPixelData' ? 32 : 64;
  return {
    isFloat: true,
    bitsAllocated: bits,
    bitsStored: bits,
    lowBit: 0,
    isSigned: true,
    notes: [],
  };
}
