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
import { breathe } from '../job.ts';

/** What formats ask of the file of an image whose masks are written, whoever made them. */

/** Masks of the frames of a file, from 0. */
export type FrameMasks = ReadonlyMap<number, MaskRaster>;

/** @throws UserError 'unsupported' where the file lies nowhere */
export async function readGeotiffSource(
  path: string,
): Promise<{ width: number; height: number; tags: readonly GeoTag[] }> {
  if (!isTiff(await readHead(path, 16))) {
    throw unfit(path, 'is no GeoTIFF, so a label raster of it would lie nowhere on Earth');
  }
  const { tags, ...size } = await readGeoSource(path);
  if (tags === null) throw unfit(path, 'does not say where on Earth its pixels lie');
  return { ...size, tags };
}

/** @throws UserError 'unsupported' where the file is no volume */
export async function readNiftiVolume(path: string): Promise<NiftiSource> {
  const head = await readHead((await headerFileOf(path)) ?? path, 2 ** 12);
  if (isDicom(head)) {
    throw new UserError(
      'unsupported',
      `${path} is DICOM, and NIfTI masks are written of NIfTI volumes alone. Write its mask as a DICOM segmentation or as PNG.`,
    );
  }
  if (!isNifti(head)) throw unfit(path, 'is no NIfTI volume');
  return readNiftiSource(path);
}

/**
 * A label volume of a file.
 *
 * @param unknown what it says instead of 255, and of slices without a mask
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

/** Says what is not known by another number. */
function withUnknown(mask: MaskRaster, unknown: number): MaskRaster {
  const { width, height, classes } = mask;
  return {
    ...{ width, height, classes },
    tile: async (x, y) => {
      const tile = await mask.tile(x, y);
      return tile?.map((value) => (value === ignoreValue ? unknown : value)) ?? null;
    },
  };
}

/** @throws UserError 'unsupported' where the file is no DICOM image, or lacks what a segmentation needs */
export async function readDicomSource(path: string): Promise<SegSource> {
  if (!isDicom(await readHead(path, 132))) throw unfit(path, 'is no DICOM image');
  return readSegSource(path);
}

/**
 * All frames of a file. Those without a mask are not known: left out, they would be taken for frames that
 * show nothing.
 *
 * @throws UserError 'unsupported' for a mask of a frame that is not there
 */
export function segFramesOf(path: string, source: SegSource, masks: FrameMasks): MaskedFrame[] {
  if ([...masks.keys()].some((frame) => source.frames[frame] === undefined)) {
    throw unfit(path, 'has fewer frames than when it came in');
  }
  const unknown = unknownMask(source);
  return source.frames.map((frame, at) => ({ frame, mask: masks.get(at) ?? unknown }));
}

/** Of nothing is known what it is. */
function unknownMask({ columns: width, rows: height }: SegSource): MaskRaster {
  const tile = new Uint8Array(tilePixels).fill(ignoreValue);
  return { width, height, classes: [], tile: () => Promise.resolve(tile) };
}

/** @throws UserError 'invalid-file' where the file has another size than its masks have */
export function requireSize(
  { path, width, height }: Size & { readonly path: string },
  found: Size,
): void {
  if (width === found.width && height === found.height) return;
  throw new UserError(
    'invalid-file',
    `${path} has ${found.width} × ${found.height} pixels now, and had ${width} × ${height} when it came in. Put the old one back, or add it again.`,
  );
}

/** Lets the engine answer others, and stops where nobody wants the rest. */
export async function goOn({
  signal,
}: {
  readonly signal?: AbortSignal | undefined;
}): Promise<void> {
  await breathe();
  if (signal?.aborted === true) throw new UserError('cancelled', 'Stopped.');
}

/** Parts until nobody wants the rest; the engine answers others in between. */
export async function* stoppable(
  parts: AsyncIterable<Uint8Array>,
  watch: { readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Uint8Array> {
  for await (const part of parts) {
    await goOn(watch);
    yield part;
  }
}

function unfit(path: string, what: string): UserError {
  return new UserError('unsupported', `${path} ${what}. Write its mask as PNG.`);
}
