import { dicomAdvice, dicomNotes, dicomText } from '../../../text/index.ts';
import type { ReadLimits } from '../image-file.ts';
import type { Keyword } from './attributes.ts';
import type { DataSet, PixelElement } from './data-set.ts';
import { damaged, tooLarge, unsupported } from './faults.ts';
import { integer, firstText } from './values.ts';

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

/**
 * Other values of current and former editions (PS3.3, C.7.6.3.1.2), by name; any other text is not repeated in
 * messages.
 */
const unsupportedPhotometrics = ['ARGB', 'CMYK', 'HSV', 'XYB'] as const;

export type Photometric = (typeof photometrics)[number];

/** The image pixel module (PS3.3, C.7.6.3), checked. */
export interface ImagePixel {
  /** px. */
  readonly rows: number;
  readonly columns: number;
  readonly samples: 1 | 3;
  readonly photometric: Photometric;
  /** True if colours are in planes, one after the other. */
  readonly isPlanar: boolean;
  readonly isFloat: boolean;
  readonly bitsAllocated: 1 | 8 | 16 | 32 | 64;
  /** Bits stored, from 1 to `bitsAllocated`. */
  readonly bitsStored: number;
  /** Lowest stored bit among those allocated. */
  readonly lowBit: number;
  readonly isSigned: boolean;
  /** Declared number of frames. */
  readonly frames: number;
  readonly notes: readonly string[];
}

/** @throws DicomFault 'invalid-file', 'unsupported', 'too-large' */
export function imagePixel(dataSet: DataSet, pixels: PixelElement, limits: ReadLimits): ImagePixel {
  const rows = required(dataSet, 'Rows');
  const columns = required(dataSet, 'Columns');
  if (rows < 1 || columns < 1) throw damaged(dicomText.impossibleSize(columns, rows));
  if (rows * columns > limits.pixels) {
    throw tooLarge(dicomText.tooManyPixels({ columns, rows, limit: limits.pixels }));
  }
  const frames = frameCount(dataSet, limits);
  const colour = colours(dataSet, limits);
  const depth =
    pixels.keyword === 'PixelData' ? integerDepth(dataSet) : floatDepth(pixels.keyword, colour);
  if (colour.photometric === 'PALETTE COLOR' && depth.isSigned) {
    throw unsupported(dicomText.negativePalette, dicomAdvice.saveAsRgb);
  }
  // Colours are never negative, even if the header says so.
  const isSigned = depth.isSigned && colour.samples === 1;
  return { rows, columns, frames, ...colour, ...depth, isSigned };
}

function required(dataSet: DataSet, keyword: Keyword): number {
  const value = integer(dataSet, keyword);
  if (value === null) throw damaged(dicomText.attributeMissing(keyword));
  return value;
}

function frameCount(dataSet: DataSet, limits: ReadLimits): number {
  const frames = integer(dataSet, 'NumberOfFrames') ?? 1;
  if (frames < 0) throw damaged(dicomText.impossibleFrames(frames));
  if (frames > limits.frames) {
    throw tooLarge(dicomText.tooManyFrames(frames, limits.frames));
  }
  // Some writers store 0 if there is no sequence of frames.
  return Math.max(1, frames);
}

type Colours = Pick<ImagePixel, 'samples' | 'photometric' | 'isPlanar'>;

function colours(dataSet: DataSet, limits: ReadLimits): Colours {
  const samples = required(dataSet, 'SamplesPerPixel');
  const stated = firstText(dataSet, 'PhotometricInterpretation');
  if (stated === null) throw damaged(dicomText.noPhotometric);
  const photometric = photometrics.find((known) => known === stated.toUpperCase());
  if (photometric === undefined) {
    const name = unsupportedPhotometrics.find((known) => known === stated.toUpperCase());
    throw unsupported(
      name === undefined ? dicomText.unknownPhotometric : dicomText.unsupportedPhotometric(name),
      dicomAdvice.saveAsRgb,
    );
  }
  const expected = isColour(photometric) ? 3 : 1;
  if (samples !== expected) {
    throw damaged(dicomText.otherSamples(samples, photometric, expected));
  }
  if (samples > limits.bands) {
    throw tooLarge(dicomText.tooManyBands(samples, limits.bands));
  }
  const planar = expected === 1 ? 0 : (integer(dataSet, 'PlanarConfiguration') ?? 0);
  if (planar !== 0 && planar !== 1) throw damaged(dicomText.planar(planar));
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
    throw unsupported(dicomText.unsupportedBits(bitsAllocated), dicomAdvice.saveWithOtherBits);
  }
  const bitsStored = required(dataSet, 'BitsStored');
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw damaged(dicomText.bitsDoNotFit(bitsStored, bitsAllocated));
  }
  const representation = required(dataSet, 'PixelRepresentation');
  if (representation !== 0 && representation !== 1) {
    throw damaged(dicomText.representation(representation));
  }
  const highBit = integer(dataSet, 'HighBit') ?? bitsStored - 1;
  const isPossible = highBit >= bitsStored - 1 && highBit < bitsAllocated;
  const notes = isPossible ? [] : [dicomNotes.highBit(highBit)];
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
  if (!photometric.startsWith('MONOCHROME')) throw damaged(dicomText.floatColours);
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
