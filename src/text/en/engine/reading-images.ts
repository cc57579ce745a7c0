import { firstProblem } from '../words.ts';
import type { Problem } from '../words.ts';

/** Messages about reading images for a job, and the values that are shown of them. */
export const readingImagesText = {
  noneReadable: (images: number, first: Problem | undefined) =>
    `None of the ${images} images could be read.${firstProblem(first)}`,
  noneLabelledReadable: (images: number) => `None of ${images} labelled images could be read.`,
  /** @param reason message about the first image */
  noneTestedReadable: (folder: string, images: number, reason: string) =>
    `${folder}: none of the ${images} test images could be read. The first: ${reason}`,
  noneIn: (folder: string) => `${folder}: none of the images could be read.`,
  noneLabelledIn: (folder: string) => `${folder}: no labelled image could be read.`,

  singleShade,
  allSingleShade: (images: number, first: string) =>
    `${singleShade({ even: images, images }, first)} No training images are left.`,
  singleShadeMiddles:
    'With the chosen values (--range) and bands (--bands), the middle of every image is a single shade: its values may be outside the range. “understudy image inspect” prints the values of a file.',

  /** @param channels bands of each image that are used */
  otherBandCount: ({ named, channels }: { named: number; channels: number }) =>
    `--teacher-bands names ${named} bands, but ${channels} bands of each image are used. Name ${channels} bands of the teacher.`,
  emptyRange: (range: string) =>
    `--range ${range} leaves no value between black and white. Give a width above 0 (window:<centre>:<width>), or a lower share before a higher one (percentile:2:98).`,
};

/** @param first name of the first image of a single shade */
function singleShade({ even, images }: { even: number; images: number }, first: string): string {
  return `With the chosen values (--range) and bands (--bands), ${even} of ${images} images are a single shade, the first of them ${first}: their values are outside the range, or all the same. “understudy image inspect” prints the values of a file.`;
}
