import { UserError } from '../../../core/errors.ts';
import { imageSignature } from '../../image-signature.ts';
import { openWithSharp } from '../../raster/common/sharp-image.ts';
import { WholeFile } from '../../raster/common/whole-file.ts';
import { FileSource } from '../../raster/file-source.ts';
import {
  defaultLimits,
  type ImageFile,
  type Pixels,
  type ReadRequest,
} from '../../raster/image-file.ts';
import { isNiftiFile } from '../../raster/nifti/open-nifti.ts';
import { openImage } from '../../raster/open.ts';
import { indexedPng } from './index-png.ts';
import { cvatText, pairedMaskText } from '../../../text/index.ts';

/** Mask as stored in its file: numbers, or colours. */
export interface StoredMask {
  readonly path: string;
  readonly file: ImageFile;
  /** (entries, 3) RGB of the numbers; null if they have no colours. */
  readonly palette: Uint8Array | null;
  readonly isColour: boolean;
  /**
   * (height, width) of numbers, or of colours as red · 65536 + green · 256 + blue; `noValue` for
   * nodata, `transparentValue` for pixels with an alpha of 0.
   *
   * @throws UserError 'invalid-labels' for values that are not whole numbers from 0 to 255; as
   * `ImageFile.read`
   */
  read(request: ReadRequest): Promise<Int32Array>;
  close(): Promise<void>;
}

export const transparentValue = -1;
export const noValue = -2;

/** Bytes of the largest file that is read whole. */
const fileLimit = 2 ** 31 - 1;
const headLength = 2 ** 12;

/**
 * Opens a mask: PNG, BMP, TIFF, lossless WebP, NIfTI or DICOM.
 *
 * @throws UserError 'unsupported' for compression that changes values (JPEG), several bands that are not colours; as
 * `openImage`
 */
export async function openStoredMask(path: string): Promise<StoredMask> {
  const { file, palette } = await openIndices(path);
  try {
    return storedMask(file, palette);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openIndices(path: string): Promise<{ file: ImageFile; palette: Uint8Array | null }> {
  const source = await FileSource.open(path);
  try {
    const head = await source.head(headLength);
    refuseLossy(head, path);
    if (imageSignature(head)?.format !== 'png' || source.size > fileLimit) {
      const file = await openImage(path);
      try {
        requireLossless(file);
      } catch (error) {
        await file.close();
        throw error;
      }
      return { file, palette: file.header.display.palette };
    }
    return await openPng(Buffer.from((await source.head(source.size)).buffer), path);
  } finally {
    await source.close();
  }
}

/**
 * A mask in memory.
 *
 * @param name for the errors. @throws UserError 'unsupported' for anything but PNG; as `openStoredMask`
 */
export async function storedPngMask(bytes: Buffer, name: string): Promise<StoredMask> {
  if (imageSignature(bytes)?.format !== 'png') {
    throw new UserError('unsupported', cvatText.notPng(name));
  }
  const { file, palette } = await openPng(bytes, name);
  return storedMask(file, palette);
}

async function openPng(
  bytes: Buffer,
  path: string,
): Promise<{ file: ImageFile; palette: Uint8Array | null }> {
  const indexed = indexedPng(bytes);
  const image = await openWithSharp(indexed?.bytes ?? bytes, path, defaultLimits);
  const file = new WholeFile(path, image, defaultLimits);
  return { file, palette: indexed?.palette ?? null };
}

function refuseLossy(head: Uint8Array, path: string): void {
  const format = imageSignature(head)?.format;
  const isLossless = Buffer.from(head.buffer, 0, head.length).includes('VP8L', 0, 'latin1');
  if (format !== 'jpeg' && (format !== 'webp' || isLossless)) return;
  throw new UserError(
    'unsupported',
    format === 'jpeg' ? pairedMaskText.jpeg(path) : pairedMaskText.lossyWebp(path),
  );
}

function requireLossless({ path, header: { lossy } }: ImageFile): void {
  if (lossy === undefined) return;
  throw new UserError('unsupported', pairedMaskText.lossyCompression(path, lossy));
}

/** Returns the mask of an open file. Throws as `openStoredMask`. */
export function storedMask(file: ImageFile, palette: Uint8Array | null): StoredMask {
  const { path, header } = file;
  const colours = header.bands - (header.alpha === null ? 0 : 1);
  const isColour = header.interpretation === 'rgb' && colours === 3;
  if (!isColour && colours !== 1) {
    throw new UserError('unsupported', pairedMaskText.tooManyBands(path, header.bands));
  }
  if (isColour && header.sampleType !== 'uint8') {
    throw new UserError('unsupported', pairedMaskText.wideColours(path));
  }
  // In other formats the rescale only serves display.
  const rescale = isNiftiFile(file) ? header.display.rescale : null;
  const bands = bandsOf(file, isColour);
  // In GDAL files a nodata of 0 is as often background as unknown, and in masks it is always background.
  const nodata = header.nodata === 0 ? null : header.nodata;
  return {
    path,
    file,
    palette,
    isColour,
    async read(request) {
      const pixels = await file.read({ ...request, bands });
      return isColour ? coloursIn(pixels, path) : numbersIn(pixels, rescale, nodata, path);
    },
    close: () => file.close(),
  };
}

function bandsOf({ header: { bands, alpha } }: ImageFile, isColour: boolean): number[] {
  const shown = Array.from({ length: bands }, (_, band) => band).filter((band) => band !== alpha);
  return isColour && alpha !== null ? [...shown, alpha] : shown;
}

function numbersIn(
  { data }: Pixels,
  rescale: { readonly slope: number; readonly intercept: number } | null,
  nodata: number | null,
  path: string,
): Int32Array {
  const numbers = new Int32Array(data.length);
  for (let at = 0; at < data.length; at++) {
    const stored = data[at] ?? 0;
    if (stored === nodata) {
      numbers[at] = noValue;
      continue;
    }
    const value = rescale === null ? stored : rescale.slope * stored + rescale.intercept;
    if (!Number.isInteger(value) || value < 0 || value > 255) throw noClass(value, path);
    numbers[at] = value;
  }
  return numbers;
}

function noClass(value: number, path: string): UserError {
  return new UserError(
    'invalid-labels',
    Number.isInteger(value)
      ? pairedMaskText.numberOutside(path, value)
      : pairedMaskText.notWhole(path, value),
  );
}

function coloursIn({ data, bands }: Pixels, path: string): Int32Array {
  const colours = new Int32Array(data.length / bands);
  for (let at = 0, from = 0; at < colours.length; at++, from += bands) {
    const alpha = bands === 4 ? (data[from + 3] ?? 255) : 255;
    if (alpha === 0) {
      colours[at] = transparentValue;
      continue;
    }
    if (alpha !== 255) {
      throw new UserError('invalid-labels', pairedMaskText.partlyTransparent(path));
    }
    colours[at] = ((data[from] ?? 0) << 16) | ((data[from + 1] ?? 0) << 8) | (data[from + 2] ?? 0);
  }
  return colours;
}
