import { dirname, resolve } from 'node:path';
import type { MaskFormat } from '../../contract/jobs.ts';
import { joined, seriesKey } from '../../formats/masks/dicom-seg/seg-source.ts';
import { segOfMasks } from '../../formats/masks/dicom-seg/write-seg.ts';
import { writeGeotiffMask } from '../../formats/masks/geotiff/write-geotiff.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import { pngOfMask } from '../../formats/masks/paired/write-png.ts';
import { withImage } from '../../formats/open-images.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { composeFileAtomically, writeFileAtomically } from '../../formats/write-file.ts';
import type { VectorOptions } from '../../formats/vector/mask-polygons.ts';
import { placeOf, type MaskPlace } from '../../formats/vector/place.ts';
import { geojsonOfMask } from '../../formats/vector/write-geojson.ts';
import { writeGeoPackage } from '../../formats/vector/write-geopackage.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import {
  goOn,
  niftiOfFile,
  readDicomSource,
  readGeotiffSource,
  readNiftiVolume,
  requireSize,
  segFramesOf,
  stoppable,
  type FrameMasks,
} from '../labels/file-masks.ts';
import { readGeojsonSource } from '../labels/vector-formats.ts';
import { version } from '../version.ts';

/** Predicted masks of an image file. */
export interface PredictedFile {
  /** Of the image. */
  readonly path: string;
  /** By frame, from 0; of a file with one frame that alone. */
  readonly masks: FrameMasks;
}

export interface WriteMasksOptions {
  /** Values of the masks; without 0 and 255. */
  readonly classes: readonly MaskClass[];
  /**
   * Where to, with the ending that `maskEndings` says: the path of a frame's own file or, by null, of one for all
   * frames. Its folder is made. A file that is there is replaced.
   */
  readonly nameFor: (frame: number | null) => string;
  /** Name of the model, for formats that say who made a mask. */
  readonly model: string;
  /** Of polygons: how far a border may be moved to have fewer corners, px; not at all by default. */
  readonly simplify?: number | undefined;
  /** Told what a person should know of the files. */
  readonly note?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the masks of one file, and gives the paths of what it wrote. */
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

/** Formats that have one file for all frames of an image file; in the others each frame has its own. */
export const volumeFormats: ReadonlySet<MaskFormat> = new Set<MaskFormat>(['nifti', 'dicom-seg']);

/**
 * Whether the masks of an image file can be written in a format, before anything is computed.
 *
 * @throws UserError 'unsupported' where they cannot
 */
export async function requireFormat(format: MaskFormat, path: string): Promise<void> {
  if (format === 'geotiff') await readGeotiffSource(path);
  if (format === 'nifti') await readNiftiVolume(path);
  if (format === 'geojson') await readGeojsonSource(path);
  if (format === 'dicom-seg') await readDicomSource(path);
}

/**
 * Writes the masks of an image file, each file as a whole or not at all: one for each frame or, in `volumeFormats`,
 * one for all.
 *
 * @returns the paths of what was written
 * @throws UserError 'unsupported' where the image does not fit the format, 'invalid-file' where its size is
 * not that of its masks, 'too-large', 'disk', 'cancelled', and as the masks do
 */
export function writeMasks(
  format: MaskFormat,
  file: PredictedFile,
  options: WriteMasksOptions,
): Promise<string[]> {
  return writers[format](file, options);
}

/**
 * Files with the same one can be one segmentation: slices of a series.
 *
 * @throws UserError 'unsupported' where the file is no DICOM image, or lacks what a segmentation needs
 */
export async function segmentationKey(path: string): Promise<string> {
  return seriesKey(await readDicomSource(path)) ?? path;
}

/**
 * One DICOM segmentation of files with the same `segmentationKey`, which says that a model made it.
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
    await goOn({ signal });
    const source = await readDicomSource(path);
    requireSizes({ path, masks }, { width: source.columns, height: source.rows });
    sources.push(source);
    frames.push(...segFramesOf(path, source, masks));
  }
  const options = { version, algorithm: `Understudy ${model}`, signal };
  const name = nameFor(null);
  await write(name, segOfMasks(joined(sources), frames, classes, options), signal);
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
    await goOn({ signal });
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

/** Writes the regions of one frame, and tells of them. */
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
    await goOn({ signal });
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
  // Can be made again.
  await writeFileAtomically(name, stoppable(parts, { signal }), { durable: false });
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
