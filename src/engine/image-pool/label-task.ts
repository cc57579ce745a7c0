import type { FoundMaskSource } from '../../contract/mask-sources.ts';
import { findLabelFiles, readLabelFile } from '../../formats/label-file.ts';
import type { FoundImage, LabelledImages } from '../../formats/labelled-images.ts';
import { detectMaskSources } from '../../formats/masks/detect.ts';
import type { TaskContext } from './task.ts';

export interface LabelFileRequest {
  /** A table of labels. */
  readonly csv: string;
  /** Of the images. */
  readonly folder: string;
  readonly images: readonly FoundImage[];
}

/** @throws UserError as `readLabelFile` */
export async function readLabels(
  { csv, folder, images }: LabelFileRequest,
  { at }: TaskContext,
): Promise<LabelledImages> {
  at(csv);
  return readLabelFile(csv, folder, images);
}

/** Tables of labels directly in a folder. */
export async function findLabels({ folder }: { readonly folder: string }): Promise<string[]> {
  return findLabelFiles(folder);
}

export interface DetectRequest {
  readonly folder: string;
  /** All images of the folder, masks among them. */
  readonly found: readonly FoundImage[];
}

export async function detectMasks(
  { folder, found }: DetectRequest,
  { at }: TaskContext,
): Promise<FoundMaskSource[]> {
  return detectMaskSources(folder, found, undefined, at);
}
