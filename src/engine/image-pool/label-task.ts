import type { FoundMaskSource } from '../../contract/mask-sources.ts';
import { findLabelFiles, readLabelFile } from '../../formats/labels/label-file.ts';
import type { FoundImage, LabelledImages } from '../../formats/labels/labelled-images.ts';
import { detectMaskSources } from '../../formats/masks/detect.ts';
import type { TaskContext } from './task.ts';

export interface LabelFileRequest {
  /** CSV file of labels. */
  readonly csv: string;
  /** Folder of the images. */
  readonly folder: string;
  readonly images: readonly FoundImage[];
}

/**
 * Reads a CSV file of labels.
 *
 * @throws UserError as `readLabelFile`
 */
export async function readLabels(
  { csv, folder, images }: LabelFileRequest,
  { at }: TaskContext,
): Promise<LabelledImages> {
  at(csv);
  return readLabelFile(csv, folder, images);
}

/** Lists the CSV files of labels directly in a folder. */
export async function findLabels({ folder }: { readonly folder: string }): Promise<string[]> {
  return findLabelFiles(folder);
}

export interface DetectRequest {
  readonly folder: string;
  /** Images of the folder, including masks. */
  readonly found: readonly FoundImage[];
}

export async function detectMasks(
  { folder, found }: DetectRequest,
  { at }: TaskContext,
): Promise<FoundMaskSource[]> {
  return detectMaskSources(folder, found, undefined, at);
}
