import {
  bandsOf,
  isStretched,
  prepare,
  presence,
  stretchOf,
} from '../../core/image/preparation.ts';
import type { Preparation, Stretch } from '../../core/image/preparation.ts';
import type { Raster } from '../../core/image/raster.ts';
import type { Rectangle } from '../../core/mask/tiles.ts';
import { cropFrame } from './crop.ts';
import { defaultLimits } from './image-file.ts';
import type { ImageFile, ImageHeader, PixelSpacing, Pixels } from './image-file.ts';
import { bandsToPrepare, pixelsPrepared, readToPrepare } from './prepared.ts';
import type { PreparedRequest } from './prepared.ts';
import { checkRequest, throwIfAborted } from './read-request.ts';

/** A region of an image as input for a model. */
export interface PreparedRegion {
  /** (height, width, channels); missing pixels are black. */
  readonly raster: Raster;
  /** (height, width): 1 for missing pixels (nodata, transparent, not a number); null: none is missing. */
  readonly nothing: Uint8Array | null;
}

/** An image as input for a model, region by region at full resolution, however large it is. */
export interface PreparedImage {
  /** Width at full resolution, px. */
  readonly width: number;
  readonly height: number;
  /** Pixel spacing stated in the file. */
  readonly spacing: PixelSpacing | null;
  /** @throws UserError as the file's `read`; RangeError for a region that is not inside the image */
  read(region: Rectangle, signal?: AbortSignal): Promise<PreparedRegion>;
}

/** Formats that decode a whole frame, or read through most of it, for each region. */
const wholeFormats: ReadonlySet<ImageHeader['format']> = new Set(['dicom', 'nifti']);

/**
 * Returns true if a frame is in memory once it is opened, so that its file is no longer needed.
 *
 * @throws UserError 'invalid-option' for bands that it does not have
 */
export function isHeld(file: ImageFile, preparation: Preparation): boolean {
  return isSmall(file, preparation) || wholeFormats.has(file.header.format);
}

function isSmall(file: ImageFile, preparation: Preparation): boolean {
  const { width, height } = file.header;
  return width * height <= pixelsPrepared(bandsToPrepare(file, preparation).length);
}

/**
 * Opens a frame to be read in parts, in the colours of `readPrepared`: for an image within `pixelsPrepared` they are
 * identical, and it is kept in memory (64 MB at most). For a larger one black and white are determined on the reduced
 * image, as there, and applied to the values at full resolution. Reading rows from top to bottom is fastest: formats
 * that are decoded whole are kept, and a TIFF keeps the blocks that it decoded last.
 *
 * @param file stays open as long as parts are read, unless `isHeld`; the caller closes it
 * @throws UserError as `readPrepared`
 */
export async function openPreparedRegions(
  file: ImageFile,
  request: PreparedRequest,
): Promise<PreparedImage> {
  const { header, path } = file;
  const { width, height, spacing } = header;
  const read = isSmall(file, request.preparation)
    ? await heldRegions(file, request)
    : await readRegions(file, request);
  return {
    width,
    height,
    spacing,
    async read(region, signal) {
      checkRequest({ region, bands: [0], signal }, header, defaultLimits, path);
      return read(region, signal);
    },
  };
}

/** Prepares the whole frame once. */
async function heldRegions(
  file: ImageFile,
  request: PreparedRequest,
): Promise<PreparedImage['read']> {
  const pixels = await readToPrepare(file, request);
  const { raster, nothing } = prepared(pixels, request.preparation, file.header);
  const { width, channels } = raster;
  return (region) => {
    const size = { width: region.width, height: region.height };
    const data = cut(raster.data, { width, bands: channels }, region);
    const part = nothing && cut(nothing, { width, bands: 1 }, region);
    return Promise.resolve({
      raster: { ...size, channels, data },
      nothing: part?.includes(1) === true ? part : null,
    });
  };
}

/** Prepares each region as it is read, with the settings found on the reduced image. */
async function readRegions(
  file: ImageFile,
  request: PreparedRequest,
): Promise<PreparedImage['read']> {
  const { header } = file;
  const { preparation, signal } = request;
  const read = await storedRegions(file, request);
  const stretch = isStretched(preparation, header)
    ? stretchOf(await readToPrepare(file, request), preparation, header)
    : [];
  throwIfAborted(signal);
  return async (region, signal) =>
    prepared(await read(region, signal), preparation, header, stretch);
}

type ReadStored = (region: Rectangle, signal?: AbortSignal) => Promise<Pixels>;

async function storedRegions(
  file: ImageFile,
  { preparation, frame = 0, signal }: PreparedRequest,
): Promise<ReadStored> {
  const bands = bandsToPrepare(file, preparation);
  if (!wholeFormats.has(file.header.format)) {
    return (region, signal) => file.read({ frame, region, bands, signal });
  }
  const whole = await file.read({ frame, bands, signal });
  const held = bands.map((_, at) => at);
  return (region) => Promise.resolve(cropFrame(whole.data, whole, { region, bands: held }));
}

function cut(
  whole: Uint8Array,
  { width, bands }: { width: number; bands: number },
  region: Rectangle,
): Uint8Array {
  const row = region.width * bands;
  const out = new Uint8Array(region.height * row);
  for (let y = 0; y < region.height; y++) {
    const from = ((region.y + y) * width + region.x) * bands;
    out.set(whole.subarray(from, from + row), y * row);
  }
  return out;
}

function prepared(
  pixels: Pixels,
  preparation: Preparation,
  header: ImageHeader,
  stretch?: Stretch,
): PreparedRegion {
  const raster = prepare(pixels, preparation, header, stretch);
  const isThere = presence(pixels, header, bandsOf(preparation, header).length);
  return { raster, nothing: nothingOf(isThere) };
}

function nothingOf(isThere: Uint8Array | undefined): Uint8Array | null {
  if (isThere?.includes(0) !== true) return null;
  for (let at = 0; at < isThere.length; at++) isThere[at] = isThere[at] === 0 ? 1 : 0;
  return isThere;
}
