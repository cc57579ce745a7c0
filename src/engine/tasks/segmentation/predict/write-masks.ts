import { dirname, resolve } from 'node:path';
import type { MaskFormat } from '../../../../contract/jobs.ts';
import { joinSources, seriesKey } from '../../../../formats/masks/dicom-seg/seg-source.ts';
import { segOfMasks } from '../../../../formats/masks/dicom-seg/write-seg.ts';
import { writeGeotiffMask } from '../../../../formats/masks/geotiff/write-geotiff.ts';
import type { MaskClass, MaskRaster } from '../../../../formats/masks/mask-raster.ts';
import { pngOfMask } from '../../../../formats/masks/paired/write-png.ts';
import { withImage } from '../../../../formats/open-images.ts';
import { makeFolder } from '../../../../formats/files/make-folder.ts';
import {
  composeFileAtomically,
  writeFileAtomically,
} from '../../../../formats/files/write-file.ts';
import type { VectorOptions } from '../../../../formats/vector/mask-polygons.ts';
import { placeOf, type MaskPlace } from '../../../../formats/vector/place.ts';
import { geojsonOfMask } from '../../../../formats/vector/write-geojson.ts';
import { writeGeoPackage } from '../../../../formats/vector/write-geopackage.ts';
import { ignoreValue } from '../../../../core/mask/tiles.ts';
import {
  yieldOrCancel,
  niftiOfFile,
  readDicomSource,
  readGeotiffSource,
  readNiftiVolume,
  requireSize,
  segFramesOf,
  cancellable,
  type FrameMasks,
} from '../../../label-export/file-masks.ts';
import { readGeojsonSource } from '../../../label-export/vector-formats.ts';
import { version } from '../../../version.ts';

/** Predicted masks of an image file. */
export interface PredictedFile {
  /** Path of the image. */
  readonly path: string;
  /** Masks by frame, from 0; only frame 0 in single-frame files. */
  readonly masks: FrameMasks;
}

export interface WriteMasksOptions {
  /** Classes of the masks, without 0 and 255. */
  readonly classes: readonly MaskClass[];
  /**
   * Output path with the ending from `maskEndings`: of a frame's own file or, for null, of one file for all frames.
   * Its folder is created. An existing file is replaced.
   */
  readonly nameFor: (frame: number | null) => string;
  /** Name of the model, for formats that record the author of a mask. */
  readonly model: string;
  /** Tolerance for simplifying polygons, px; no simplification by default. */
  readonly simplify?: number | undefined;
  /** Receives notes on the files for the user. */
  readonly note?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the masks of one file and returns the written paths. */
type WriteMasks = (file: PredictedFile, options: WriteMasksOptions) => Promise<string[]>;

const writers = {
  png: writePngs,
  geotiff: writeGeotiffs,
  geojson: (file, options) => writePolygons(file, options, writeGeojson),
  gpkg: (file, options) => writePolygons(file, options, writeGpkg),
  nifti: writeNifti,
  'dicom-seg': (file, options) => writeSegmentation([file], options),
} as const satisfies Record<MaskFormat, WriteMasks>;

export const maskEndings = {
  png: '.png',
  geotiff: '.tif',
  geojson: '.geojson',
  gpkg: '.gpkg',
  nifti: '.nii.gz',
  'dicom-seg': '.dcm',
} as const satisfies Record<MaskFormat, string>;

/** Formats with one file for all frames of an image file; the others have one file per frame. */
export const volumeFormats: ReadonlySet<MaskFormat> = new Set<MaskFormat>(['nifti', 'dicom-seg']);

/**
 * Checks that the masks of an image file can be written in a format, before anything is computed.
 *
 * @throws UserError 'unsupported' if they cannot
 */
export async function requireFormat(format: MaskFormat, path: string): Promise<void> {
  if (format === 'geotiff') await readGeotiffSource(path);
  if (format === 'nifti') await readNiftiVolume(path);
  if (format === 'geojson') await readGeojsonSource(path);
  if (format === 'dicom-seg') await readDicomSource(path);
}

/**
 * Writes the masks of an image file, each output completely or not at all: one per frame or, in `volumeFormats`, one
 * for all.
 *
 * @returns the written paths
 * @throws UserError 'unsupported' if the image does not fit the format, 'invalid-file' if its size differs from that
 * of its masks, 'too-large', 'disk', 'cancelled', and as the masks do
 */
export function writeMasks(
  format: MaskFormat,
  file: PredictedFile,
  options: WriteMasksOptions,
): Promise<string[]> {
  return writers[format](file, options);
}

/**
 * Returns the key of the segmentation that a file belongs to: slices of a series share it.
 *
 * @throws UserError 'unsupported' if the file is not a DICOM image, or lacks required attributes
 */
export async function segmentationKey(path: string): Promise<string> {
  return seriesKey(await readDicomSource(path)) ?? path;
}

/**
 * Writes one DICOM segmentation, marked as automatic, for files with the same `segmentationKey`.
 *
 * @throws UserError as `writeMasks`
 */
export async function writeSegmentation(
  files: readonly PredictedFile[],
  { classes, nameFor, model, signal }: WriteMasksOptions,
): Promise<string[]> {
  const sources = [];
  const frames = [];
  for (const { path, masks } of files) {
    await yieldOrCancel({ signal });
    const source = await readDicomSource(path);
    requireSizes({ path, masks }, { width: source.columns, height: source.rows });
    sources.push(source);
    frames.push(...segFramesOf(path, source, masks));
  }
  const options = { version, algorithm: `Understudy ${model}`, signal };
  const name = nameFor(null);
  await write(name, segOfMasks(joinSources(sources), frames, classes, options), signal);
  return [name];
}

async function writePngs(
  { masks }: PredictedFile,
  { classes, nameFor, signal }: WriteMasksOptions,
): Promise<string[]> {
  const names: string[] = [];
  for (const [frame, mask] of masks) {
    const name = nameFor(frame);
    await write(name, pngOfMask(withClasses(mask, classes)), signal);
    names.push(name);
  }
  return names;
}

async function writeGeotiffs(
  file: PredictedFile,
  { classes, nameFor, signal }: WriteMasksOptions,
): Promise<string[]> {
  const { tags, ...size } = await readGeotiffSource(file.path);
  requireSizes(file, size);
  const names: string[] = [];
  for (const [frame, mask] of file.masks) {
    await yieldOrCancel({ signal });
    const name = nameFor(frame);
    await makeFolder(dirname(resolve(name)));
    const options = { signal, isUnknownNodata: true };
    await composeFileAtomically(
      name,
      (handle) => writeGeotiffMask(handle, withClasses(mask, classes), tags, options),
      { durable: false },
    );
    names.push(name);
  }
  return names;
}

/** Writes the regions of one frame and reports the outcome. */
type WriteRegions = (
  name: string,
  mask: MaskRaster,
  place: MaskPlace,
  options: VectorOptions,
) => Promise<void>;

async function writePolygons(
  file: PredictedFile,
  { classes, nameFor, simplify, signal, note }: WriteMasksOptions,
  writeRegions: WriteRegions,
): Promise<string[]> {
  const header = await withImage(file.path, ({ header: found }) => Promise.resolve(found));
  requireSizes(file, header);
  const names: string[] = [];
  for (const [frame, mask] of file.masks) {
    await yieldOrCancel({ signal });
    const name = nameFor(frame);
    await makeFolder(dirname(resolve(name)));
    await writeRegions(name, withClasses(mask, classes), placeOf(header), {
      tolerance: simplify,
      signal,
      done: ({ notes }) => {
        for (const text of notes) note?.(text);
      },
    });
    names.push(name);
  }
  return names;
}

async function writeGeojson(...[name, mask, place, options]: Parameters<WriteRegions>) {
  await write(name, geojsonOfMask(mask, place, options), options.signal);
}

async function writeGpkg(...[name, mask, place, options]: Parameters<WriteRegions>) {
  await writeGeoPackage(name, mask, place, { ...options, durable: false });
}

async function writeNifti(
  file: PredictedFile,
  { nameFor, signal }: WriteMasksOptions,
): Promise<string[]> {
  const source = await readNiftiVolume(file.path);
  requireSizes(file, source);
  const name = nameFor(null);
  await write(name, niftiOfFile(source, file.masks, ignoreValue), signal);
  return [name];
}

async function write(
  name: string,
  parts: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  await makeFolder(dirname(resolve(name)));
  // Not flushed to the disk: it can be predicted again.
  await writeFileAtomically(name, cancellable(parts, { signal }), { durable: false });
}

function requireSizes(
  { path, masks }: PredictedFile,
  found: { readonly width: number; readonly height: number },
): void {
  for (const { width, height } of masks.values()) requireSize({ path, width, height }, found);
}

function withClasses(mask: MaskRaster, classes: readonly MaskClass[]): MaskRaster {
  const { width, height } = mask;
  return { width, height, classes, tile: (x, y) => mask.tile(x, y) };
}
