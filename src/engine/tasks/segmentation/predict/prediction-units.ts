import { resolve } from 'node:path';
import type { MaskFormat } from '../../../../contract/jobs.ts';
import { placeName } from '../../../../formats/labels/labelled-images.ts';
import type { FoundImage } from '../../../../formats/labels/labelled-images.ts';
import { throwIfCancelled } from '../../../job.ts';
import type { JobContext } from '../../../job.ts';
import { ExportNames } from '../../../label-export/export-names.ts';
import { maskEndings, requireFormat, segmentationKey, volumeFormats } from './write-masks.ts';

/** Content of one output file. */
export interface PredictionUnit {
  /** Images of the unit: one, all slices of a file, or a DICOM series. */
  readonly images: readonly FoundImage[];
  /** Path relative to the folder of the masks, with `/`. */
  readonly file: string;
}

interface UnitsRequest {
  readonly images: readonly FoundImage[];
  /** Folder in which the images were found. */
  readonly folder: string;
  readonly format: MaskFormat;
}

/**
 * Returns the output files for images and their names, independent of existing files: a name must not depend on
 * earlier runs. `x.png` becomes `masks/x.png`.
 *
 * @param leaveOut called for images that do not fit the format
 * @throws UserError 'cancelled'
 */
export async function predictionUnits(
  { images, folder, format }: UnitsRequest,
  leaveOut: (image: FoundImage, error: unknown) => void,
  context: JobContext,
): Promise<PredictionUnit[]> {
  const named = ({ name, frame }: FoundImage) => ({ folder: resolve(folder), name, frame });
  const names = new ExportNames(images.map(named));
  const extension = maskEndings[format];
  return (await grouped(images, format, leaveOut, context)).map(([first, ...rest]) => {
    const place = format === 'dicom-seg' ? 'segmentations' : 'masks';
    const file = volumeFormats.has(format)
      ? names.fileFor(named(first), { folder: place, extension })
      : names.maskFor(named(first), extension);
    return { images: [first, ...rest], file };
  });
}

/** Images grouped by output file, in the order of each group's first image. */
async function grouped(
  images: readonly FoundImage[],
  format: MaskFormat,
  leaveOut: (image: FoundImage, error: unknown) => void,
  context: JobContext,
): Promise<[FoundImage, ...FoundImage[]][]> {
  const units = new Map<string, [FoundImage, ...FoundImage[]]>();
  for (const [path, slices] of Map.groupBy(images, (image) => image.path)) {
    throwIfCancelled(context);
    try {
      await requireFormat(format, path);
      const whole = format === 'dicom-seg' ? await segmentationKey(path) : path;
      for (const image of slices) {
        const key = volumeFormats.has(format) ? whole : placeName(image);
        const unit = units.get(key);
        if (unit) unit.push(image);
        else units.set(key, [image]);
      }
    } catch (error) {
      for (const image of slices) leaveOut(image, error);
    }
  }
  return [...units.values()];
}
