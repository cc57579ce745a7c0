import { tiffAdvice, tiffText } from '../../../text/index.ts';
import type { ReadLimits, SampleType } from '../image-file.ts';
import { compressionOf, type Compression } from './blocks/compression.ts';
import type { Directory, Field, TiffFile } from './directory.ts';
import { damaged, tooLarge, unsupported } from './problems.ts';
import { sampleBytes } from '../sample-arrays.ts';
import { photometrics, refusedPhotometrics, tags } from './tags.ts';

/** Layout of a page's stored values: everything needed to read a block. */
export interface Page {
  readonly directory: Directory;
  /** Width as stored, before turning upright, px. */
  readonly width: number;
  readonly height: number;
  /** Values per pixel. */
  readonly samples: number;
  /** Bits of a stored value, 1–16, 32 or 64. */
  readonly bits: number;
  readonly sampleType: SampleType;
  readonly photometric: number;
  /** ExtraSamples: meaning of the values beyond the colours (0 unknown, 1 and 2 alpha). */
  readonly extraSamples: readonly number[];
  readonly compression: Compression;
  /** 1 none, 2 differences along a row, 3 the same for floating point (TIFF Technical Note 3). */
  readonly predictor: number;
  /** True if every band has blocks of its own. */
  readonly isPlanar: boolean;
  /** Bits of a byte begin at the lowest. */
  readonly isReversed: boolean;
  /** Size of a tile, or of a strip: as wide as the page. The last strip is lower. */
  readonly block: { readonly width: number; readonly height: number };
  readonly isTiled: boolean;
  readonly offsets: Field;
  /** Absent in some uncompressed files. */
  readonly byteCounts: Field | undefined;
  /** NewSubfileType: bit 0 a smaller copy, bit 2 a mask. */
  readonly subfileType: number;
  /** Orientation as in EXIF, 1–8. */
  readonly orientation: number;
}

/** Values of one pixel in a block. */
export function samplesInBlock(page: Page): number {
  return page.isPlanar ? 1 : page.samples;
}

/**
 * Reads the layout of a page.
 *
 * @throws UserError 'invalid-file', 'unsupported' (naming the feature), 'too-large', 'disk'
 */
export async function readPage(
  file: TiffFile,
  directory: Directory,
  limits: ReadLimits,
): Promise<Page> {
  const { path } = file.source;
  const number = async (tag: number, otherwise: number): Promise<number> =>
    (await file.number(directory, tag)) ?? otherwise;
  const width = await number(tags.width, 0);
  const height = await number(tags.height, 0);
  if (!isCount(width) || !isCount(height)) {
    throw damaged(path, tiffText.impossibleSize({ width, height }));
  }
  const samples = await number(tags.samplesPerPixel, 1);
  if (!isCount(samples)) throw damaged(path, tiffText.impossibleBands(samples));
  if (samples > limits.bands) {
    throw tooLarge(path, tiffText.tooManyBands(samples, limits.bands), tiffAdvice.fewerBands);
  }
  const values = await readValues(file, directory, samples);
  const photometric = await number(tags.photometric, photometrics.blackIsZero);
  const refused = refusedPhotometrics.get(photometric);
  if (refused !== undefined) throw unsupported(path, refused);
  const scheme = await number(tags.compression, 1);
  const compression = compressionOf(scheme, path);
  const hasPredictor = compression.hasPredictor && directory.fields.has(tags.predictor);
  const page: Page = {
    directory,
    width,
    height,
    samples,
    ...values,
    photometric,
    extraSamples: await file.numbers(directory.fields.get(tags.extraSamples), samples),
    compression,
    predictor: hasPredictor ? await number(tags.predictor, 1) : 1,
    isPlanar: samples > 1 && (await number(tags.planarConfiguration, 1)) === 2,
    isReversed: (await number(tags.fillOrder, 1)) === 2,
    ...(await readBlocks(file, directory, width, height)),
    subfileType: await readSubfileType(file, directory),
    orientation: await readOrientation(file, directory),
  };
  checkPage(page, limits, path);
  return page;
}

async function readValues(
  file: TiffFile,
  { fields }: Directory,
  samples: number,
): Promise<{ bits: number; sampleType: SampleType }> {
  const { path } = file.source;
  const widths = await file.numbers(fields.get(tags.bitsPerSample), samples);
  const formats = await file.numbers(fields.get(tags.sampleFormat), samples);
  const bits = widths[0] ?? 1;
  const format = formats[0] ?? 1;
  if (widths.some((other) => other !== bits) || formats.some((other) => other !== format)) {
    throw unsupported(path, tiffText.mixedBands);
  }
  return { bits, sampleType: sampleTypeOf(format, bits, path) };
}

/** SampleFormat: 1 unsigned, 2 signed, 3 floating point, 4 unknown, 5 and 6 complex. */
function sampleTypeOf(format: number, bits: number, path: string): SampleType {
  if (format === 5 || format === 6) throw unsupported(path, tiffText.complexValues);
  if (format === 3) {
    if (bits === 64) return 'float64';
    if (bits === 32 || bits === 16) return 'float32';
    throw unsupported(path, tiffText.floatBits(bits));
  }
  if (format !== 1 && format !== 2 && format !== 4) {
    throw damaged(path, tiffText.unknownFormat(format));
  }
  const isSigned = format === 2;
  if (bits >= 1 && bits <= 8) return isSigned ? 'int8' : 'uint8';
  if (bits > 8 && bits <= 16) return isSigned ? 'int16' : 'uint16';
  if (bits === 32) return isSigned ? 'int32' : 'uint32';
  throw unsupported(path, tiffText.wholeBits(bits));
}

type Blocks = Pick<Page, 'block' | 'isTiled' | 'offsets' | 'byteCounts'>;

async function readBlocks(
  file: TiffFile,
  directory: Directory,
  width: number,
  height: number,
): Promise<Blocks> {
  const { fields } = directory;
  const isTiled = fields.has(tags.tileOffsets);
  const offsets = fields.get(isTiled ? tags.tileOffsets : tags.stripOffsets);
  if (offsets === undefined) throw damaged(file.source.path, tiffText.noPlaces);
  const byteCounts = fields.get(isTiled ? tags.tileByteCounts : tags.stripByteCounts);
  const rows = (await file.number(directory, tags.rowsPerStrip)) ?? height;
  const block = isTiled
    ? {
        width: (await file.number(directory, tags.tileWidth)) ?? 0,
        height: (await file.number(directory, tags.tileHeight)) ?? 0,
      }
    : { width, height: rows === 0 ? height : Math.min(rows, height) };
  return { block, isTiled, offsets, byteCounts };
}

/** Bits as in NewSubfileType, even if the page has only the older field. */
async function readSubfileType(file: TiffFile, directory: Directory): Promise<number> {
  const type = await file.number(directory, tags.newSubfileType);
  if (type !== undefined) return type;
  return (await file.number(directory, tags.subfileType)) === 2 ? 1 : 0;
}

async function readOrientation(file: TiffFile, directory: Directory): Promise<number> {
  const orientation = (await file.number(directory, tags.orientation)) ?? 1;
  return Number.isInteger(orientation) && orientation >= 1 && orientation <= 8 ? orientation : 1;
}

function checkPage(page: Page, limits: ReadLimits, path: string): void {
  const { block, compression, photometric, predictor, bits } = page;
  if (!isCount(block.width) || !isCount(block.height)) {
    throw damaged(path, tiffText.impossibleBlocks(block));
  }
  if (photometric === photometrics.ycbcr && (compression.name !== 'jpeg' || page.isPlanar)) {
    throw unsupported(path, tiffText.plainYcbcr);
  }
  if (compression.bits !== undefined && bits !== compression.bits) {
    throw unsupported(path, tiffText.compressedBits(compression.title, bits));
  }
  checkPredictor(predictor, page, path);
  if (blockCount(page) > page.offsets.count) {
    throw damaged(path, tiffText.placesMissing);
  }
  const isWhole = compression.name !== 'none';
  const bytes = block.width * block.height * samplesInBlock(page) * sampleBytes[page.sampleType];
  if (isWhole && (block.width * block.height > limits.pixels || bytes > limits.bytes)) {
    throw tooLarge(path, tiffText.largeBlocks(block), tiffAdvice.smallerTiles);
  }
}

function checkPredictor(predictor: number, { bits, sampleType }: Page, path: string): void {
  if (predictor === 1) return;
  if (predictor === 2) {
    if (bits === 8 || bits === 16 || bits === 32 || bits === 64) return;
    throw unsupported(path, tiffText.differenceBits(bits));
  }
  if (predictor !== 3) throw damaged(path, tiffText.unknownPredictor(predictor));
  if (sampleType !== 'float32' && sampleType !== 'float64') {
    throw damaged(path, tiffText.floatPredictor);
  }
}

/** Blocks of a page, over all bands. */
function blockCount({ width, height, block, isPlanar, samples }: Page): number {
  const perBand = Math.ceil(width / block.width) * Math.ceil(height / block.height);
  return isPlanar ? perBand * samples : perBand;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value < 2 ** 31;
}
