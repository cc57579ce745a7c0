import { UserError } from '../../core/errors.ts';
import { ignoreValue, tilePixels, type Size } from '../../core/mask/tiles.ts';
import { readGeoSource, type GeoTag } from '../../formats/masks/geotiff/geo-tags.ts';
import { readSegSource, type SegSource } from '../../formats/masks/dicom-seg/seg-source.ts';
import type { MaskedFrame } from '../../formats/masks/dicom-seg/write-seg.ts';
import type { MaskRaster } from '../../formats/masks/mask-raster.ts';
import {
  niftiOfMasks,
  readNiftiSource,
  type NiftiSource,
} from '../../formats/masks/nifti/write-nifti.ts';
import { isDicom } from '../../formats/raster/dicom/part10.ts';
import { readHead } from '../../formats/raster/file-source.ts';
import { isNifti } from '../../formats/raster/nifti/open-nifti.ts';
import { headerFileOf } from '../../formats/raster/nifti/pair.ts';
import { isTiff } from '../../formats/raster/tiff/directory.ts';
import { commonText, labelExportText } from '../../text/index.ts';
import { breathe } from '../job.ts';

/** Requirements of mask formats on an image's file, whoever made the masks. */

/** Masks by frame of a file, from 0. */
export type FrameMasks = ReadonlyMap<number, MaskRaster>;

/**
 * Reads the georeference of an image file.
 *
 * @throws UserError 'unsupported' if the file has none
 */
export async function readGeotiffSource(
  path: string,
): Promise<{ width: number; height: number; tags: readonly GeoTag[] }> {
  if (!isTiff(await readHead(path, 16))) {
    throw unsupportedFile(labelExportText.notGeotiff(path));
  }
  const { tags, ...size } = await readGeoSource(path);
  if (tags === null) throw unsupportedFile(labelExportText.noCoordinates(path));
  return { ...size, tags };
}

/**
 * Reads the header of a volume.
 *
 * @throws UserError 'unsupported' if the file is not a NIfTI volume
 */
export async function readNiftiVolume(path: string): Promise<NiftiSource> {
  const head = await readHead((await headerFileOf(path)) ?? path, 2 ** 12);
  if (isDicom(head)) {
    throw unsupportedFile(labelExportText.dicomAsNifti(path));
  }
  if (!isNifti(head)) throw unsupportedFile(labelExportText.notNifti(path));
  return readNiftiSource(path);
}

/**
 * Returns the label volume of a file.
 *
 * @param unknown value for unknown pixels instead of 255, and for slices without a mask
 */
export function niftiOfFile(
  source: NiftiSource,
  masks: FrameMasks,
  unknown: number,
): AsyncGenerator<Uint8Array> {
  const slice = (frame: number): MaskRaster | null => {
    const mask = masks.get(frame);
    return mask === undefined ? null : withUnknown(mask, unknown);
  };
  return niftiOfMasks(source, slice, unknown);
}

/** Returns a mask with another value for unknown pixels. */
function withUnknown(mask: MaskRaster, unknown: number): MaskRaster {
  const { width, height, classes } = mask;
  return {
    width,
    height,
    classes,
    tile: async (x, y) => {
      const tile = await mask.tile(x, y);
      return tile?.map((value) => (value === ignoreValue ? unknown : value)) ?? null;
    },
  };
}

/**
 * Reads the DICOM attributes that a segmentation needs.
 *
 * @throws UserError 'unsupported' if the file is not a DICOM image, or lacks required attributes
 */
export async function readDicomSource(path: string): Promise<SegSource> {
  if (!isDicom(await readHead(path, 132))) throw unsupportedFile(labelExportText.notDicom(path));
  return readSegSource(path);
}

/**
 * Frames of a file with their masks. Frames without a mask are marked as unknown: left out, they would be treated as
 * empty frames.
 *
 * @throws UserError 'unsupported' for a mask of a frame that does not exist
 */
export function segFramesOf(path: string, source: SegSource, masks: FrameMasks): MaskedFrame[] {
  if ([...masks.keys()].some((frame) => source.frames[frame] === undefined)) {
    throw unsupportedFile(labelExportText.fewerFrames(path));
  }
  const unknown = unknownMask(source);
  return source.frames.map((frame, at) => ({ frame, mask: masks.get(at) ?? unknown }));
}

/** Returns a mask in which every pixel is unknown. */
function unknownMask({ columns: width, rows: height }: SegSource): MaskRaster {
  const tile = new Uint8Array(tilePixels).fill(ignoreValue);
  return { width, height, classes: [], tile: () => Promise.resolve(tile) };
}

/** @throws UserError 'invalid-file' if the file's size differs from that of its masks */
export function requireSize(
  { path, width, height }: Size & { readonly path: string },
  found: Size,
): void {
  if (width === found.width && height === found.height) return;
  throw new UserError(
    'invalid-file',
    labelExportText.otherSize(path, { now: found, imported: { width, height } }),
  );
}

/** Yields to other requests, and throws if the work is cancelled. */
export async function yieldOrCancel({
  signal,
}: {
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  await breathe();
  if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
}

/** Passes parts on until cancelled, and yields to other requests in between. */
export async function* cancellable(
  parts: AsyncIterable<Uint8Array>,
  watch: { readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    await yieldOrCancel(watch);
    yield part;
  }
}

function unsupportedFile(message: string): UserError {
  return new UserError('unsupported', message);
}
