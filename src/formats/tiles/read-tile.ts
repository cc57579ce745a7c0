import { stat } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { imageText } from '../../text/index.ts';
import { requireFrame } from '../images.ts';
import { withImage } from '../open-images.ts';
import { cropFrame } from '../raster/crop.ts';
import type { ImageFile, ImageHeader, Pixels } from '../raster/image-file.ts';
import { sampleBytes } from '../raster/sample-arrays.ts';
import { halvePixels } from './halve.ts';
import { keptFrom, levelFileBytes, readKeptTile } from './level-file.ts';
import { tileRegion, viewLevels } from './levels.ts';
import type { TilePosition, ViewLevel } from './levels.ts';
import { wholeFrames } from './whole-frames.ts';

/** A frame of a file, and the place for its reduced levels if it needs any. */
export interface TiledFrame {
  readonly path: string;
  /** Frame, from 0. */
  readonly frame?: number | undefined;
  readonly levels: string;
}

export interface TileRequest extends TilePosition {
  /** Index into `viewLevels`. */
  readonly level: number;
  /** Bands, from 0, in this order; all by default. */
  readonly bands?: readonly number[] | undefined;
}

/** Maximum size of a frame that is read and kept whole, decoded bytes. */
const wholeBytes = 2 ** 26;
/** Bytes of the largest frame of a format that can only be decoded whole. */
const plainWholeBytes = 2 ** 28;

/** Viewed files stay open for a moment, because the next tile is requested soon. */
export function withViewed<T>(path: string, work: (file: ImageFile) => Promise<T>): Promise<T> {
  return withImage(path, work, () => true);
}

/**
 * Reads stored values of a tile of 512 × 512 px, smaller at the right and lower edge. The result depends only on the
 * arguments and the file, so any thread may run it.
 *
 * @throws UserError as `ImageFile.read`, and 'not-found' if it needs levels that are not built; RangeError for a tile
 * that does not exist
 */
export async function readTile(
  place: TiledFrame,
  request: TileRequest,
  signal?: AbortSignal,
): Promise<Pixels> {
  return withViewed(place.path, async (file) => {
    requireFrame(file, place.frame);
    const levels = viewLevels(file.header);
    const level = levels[request.level];
    if (level === undefined) throw new RangeError(imageText.noLevel(request.level, levels.length));
    const region = tileRegion(level, request);
    const bands = checkedBands(request.bands, file.header);
    if (isWhole(file.header)) {
      const whole = await wholeFrames.level(file, place.frame ?? 0, level.halvings, signal);
      return cropFrame(whole.data, whole, { region, bands });
    }
    if (level.halvings < keptFrom) {
      return readHalved(file, place.frame ?? 0, { level, region, bands }, signal);
    }
    const kept = await readKeptTile(place.levels, file, level, request);
    if (kept === undefined) throw missingLevels(place.path);
    const { width, height } = kept;
    return cropFrame(kept.data, kept, { region: { x: 0, y: 0, width, height }, bands });
  });
}

/** Returns true if some tiles of a file can only be read once its reduced levels are built. */
export async function needsLevels({ path, levels }: TiledFrame): Promise<boolean> {
  return withViewed(path, async ({ header }) => {
    if (isWhole(header) || !viewLevels(header).some(({ halvings }) => halvings >= keptFrom)) {
      return false;
    }
    const found = await stat(levels).catch(() => undefined);
    return found?.size !== levelFileBytes({ header });
  });
}

/** Returns true if a frame is small enough to be read whole, and not better read in parts. */
export function isWhole({
  width,
  height,
  bands,
  sampleType,
  levels,
  format,
}: ImageHeader): boolean {
  const bytes = width * height * bands * sampleBytes[sampleType];
  if (levels.length > 1) return false;
  const isPlain = format === 'png' || format === 'jpeg' || format === 'webp' || format === 'bmp';
  return bytes <= (isPlain ? plainWholeBytes : wholeBytes);
}

interface Part {
  readonly level: ViewLevel;
  readonly region: { x: number; y: number; width: number; height: number };
  readonly bands: readonly number[];
}

/** Reads a tile of a halved level: reads its pixels from the file's level and halves them as often as needed. */
async function readHalved(
  file: ImageFile,
  frame: number,
  { level, region, bands }: Part,
  signal: AbortSignal | undefined,
): Promise<Pixels> {
  const { header } = file;
  const factor = 2 ** level.halvings;
  const source = header.levels[level.from] ?? header;
  const [x, y] = [region.x * factor, region.y * factor];
  const read = {
    x,
    y,
    width: Math.min(source.width - x, region.width * factor),
    height: Math.min(source.height - y, region.height * factor),
  };
  const wanted = { frame, level: level.from, region: read, signal };
  if (level.halvings === 0) return file.read({ ...wanted, bands });
  // Alpha is needed to average the other bands.
  let pixels = await file.read(wanted);
  for (let halving = 0; halving < level.halvings; halving++) pixels = halvePixels(pixels, header);
  return cropFrame(pixels.data, pixels, { region: { x: 0, y: 0, ...sizeOf(pixels) }, bands });
}

function sizeOf({ width, height }: Pixels): { width: number; height: number } {
  return { width, height };
}

function checkedBands(
  bands: readonly number[] | undefined,
  header: ImageHeader,
): readonly number[] {
  const wanted = bands ?? Array.from({ length: header.bands }, (_, band) => band);
  const absent = wanted.find((band) => band >= header.bands);
  if (absent === undefined && wanted.length > 0) return wanted;
  throw new RangeError(
    absent === undefined ? imageText.noBands : imageText.noBand(absent, header.bands),
  );
}

const missing = 'reduced levels';

function missingLevels(path: string): UserError {
  return new UserError('not-found', imageText.levelsMissing(path), missing);
}

/** Returns true if an error means that a tile needs reduced levels that are yet to be built. */
export function isMissingLevels(error: unknown): boolean {
  return error instanceof UserError && error.details === missing;
}
