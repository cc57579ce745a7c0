import { dirname, resolve } from 'node:path';
import { joined, seriesKey } from '../../formats/masks/dicom-seg/seg-source.ts';
import { segOfMasks } from '../../formats/masks/dicom-seg/write-seg.ts';
import { writeGeotiffMask } from '../../formats/masks/geotiff/write-geotiff.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import { pngOfMask } from '../../formats/masks/paired/write-png.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { composeFileAtomically, writeFileAtomically } from '../../formats/write-file.ts';
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
  /** Where to, without the ending: `maskEndings` says that. Its folder is made. A file that is there is replaced. */
  readonly target: string;
  /** Name of the model, for formats that say who made a mask. */
  readonly model: string;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the masks of one file, and gives the paths of what it wrote. */
type WriteMasks = (file: PredictedFile, options: WriteMasksOptions) => Promise<string[]>;

const writers = {
  png: writePngs,
  geotiff: writeGeotiffs,
  nifti: writeNifti,
  'dicom-seg': (file, options) => writeSegmentation([file], options),
} as const satisfies Record<string, WriteMasks>;

export type MaskFileFormat = keyof typeof writers;

export const maskEndings = {
  png: '.png',
  geotiff: '.tif',
  nifti: '.nii.gz',
  'dicom-seg': '.dcm',
} as const satisfies Record<MaskFileFormat, string>;

/**
 * Writes the masks of an image file, each file as a whole or not at all. Formats of one image (PNG, GeoTIFF)
 * get a file for each frame of several, `target#3.png`.
 *
 * @returns the paths of what was written
 * @throws UserError 'unsupported' where the image does not fit the format, 'invalid-file' where its size is
 * not that of its masks, 'too-large', 'disk', 'cancelled', and as the masks do
 */
export function writeMasks(
  format: MaskFileFormat,
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
  { classes, target, model, signal }: WriteMasksOptions,
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
  const name = `${target}${maskEndings['dicom-seg']}`;
  await write(name, segOfMasks(joined(sources), frames, classes, options), signal);
  return [name];
}

async function writePngs(
  { masks }: PredictedFile,
  { classes, target, signal }: WriteMasksOptions,
): Promise<string[]> {
  const names: string[] = [];
  for (const [frame, mask] of masks) {
    const name = frameName(target, frame, masks, maskEndings.png);
    await write(name, pngOfMask(withClasses(mask, classes)), signal);
    names.push(name);
  }
  return names;
}

async function writeGeotiffs(
  file: PredictedFile,
  { classes, target, signal }: WriteMasksOptions,
): Promise<string[]> {
  const { tags, ...size } = await readGeotiffSource(file.path);
  requireSizes(file, size);
  const names: string[] = [];
  for (const [frame, mask] of file.masks) {
    await goOn({ signal });
    const name = frameName(target, frame, file.masks, maskEndings.geotiff);
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

async function writeNifti(
  file: PredictedFile,
  { target, signal }: WriteMasksOptions,
): Promise<string[]> {
  const source = await readNiftiVolume(file.path);
  requireSizes(file, source);
  const name = `${target}${maskEndings.nifti}`;
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

/** Of several frames each has its number, from 1. */
function frameName(target: string, frame: number, masks: FrameMasks, ending: string): string {
  const isOnly = frame === 0 && masks.size === 1;
  return isOnly ? `${target}${ending}` : `${target}#${frame + 1}${ending}`;
}

function withClasses(mask: MaskRaster, classes: readonly MaskClass[]): MaskRaster {
  const { width, height } = mask;
  return { width, height, classes, tile: (x, y) => mask.tile(x, y) };
}
