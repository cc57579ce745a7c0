import { firstProblem } from '../words.ts';
import type { Problem } from '../words.ts';

/** Messages about predicting folders of images, and the files written for them. */
export const predictText = {
  masksNotUsed: (model: string) =>
    `${model} is for classification, so --format, --simplify, --overlap and --resume do not apply. Omit them.`,
  notSegmentation: (model: string) => `${model} classifies whole images and cannot segment them.`,
  onlyMasks: (folder: string, first: Problem | undefined) =>
    `${folder}: the folder has only masks, no images.${firstProblem(first)}`,
  nonePredicted: (folder: string, images: number, first: Problem | undefined) =>
    `${folder}: no mask could be predicted for any of the ${images} images.${firstProblem(first)}`,
  stopped: (folder: string) =>
    `Stopped. Finished predictions stay in ${folder}; run the same command with --resume to continue.`,

  replacesImage: (path: string) =>
    `${path} is one of the images, and its mask would replace it. Choose another folder for the masks.`,
  isFolder: (path: string) => `${path} is a folder, so no file can be written there. Move it away.`,
  notPredicted: (path: string) =>
    `${path} already exists and was not written by a prediction, so it is not replaced. Choose another folder with --out, or move it away.`,
  changed: (path: string) =>
    `${path} was changed after a prediction wrote it, so it is not replaced. Choose another folder with --out, or move it away.`,
  unreadable: (path: string) =>
    `A part of a predicted mask could not be read back from ${path}. Check the disk, then predict again.`,
};
