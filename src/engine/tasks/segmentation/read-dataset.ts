import { UserError } from '../../../core/errors.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../../formats/labels/labelled-images.ts';
import type { StudentJob } from '../../distill/student-task.ts';
import type { OpenImages } from '../../images/open-images.ts';
import { requireTolerance, toleranceOf } from './border-tolerance.ts';
import type { SegmentationDataset } from './data/dataset.ts';
import { noteUnseen, openMaskedImages } from './data/masked-image.ts';
import type { MaskedImage } from './data/masked-image.ts';
import { readableImages } from './data/readable-images.ts';
import { segmentationText } from '../../../text/index.ts';

/** The readable part of a data set. */
export interface ReadDataset {
  readonly dataset: SegmentationDataset;
  readonly images: OpenImages;
  readonly distilled: readonly FoundImage[];
  readonly labelled: readonly MaskedImage[];
  readonly tested: readonly MaskedImage[];
  readonly problems: readonly ImageProblem[];
}

/**
 * Opens the images of a data set, and the masks of its labelled ones.
 *
 * @throws UserError 'no-images' or 'invalid-labels' if the readable ones do not suffice, and as `requireTolerance`
 */
export async function readDataset(
  { teacher, request, context }: StudentJob,
  dataset: SegmentationDataset,
  images: OpenImages,
): Promise<ReadDataset> {
  const problems: ImageProblem[] = [];
  const { patchSize } = teacher.model.architecture;
  const distilled = await readableImages(dataset.distilled, images, patchSize, problems, context);
  const failed = new Set(problems.map(({ path }) => path));
  const open = (part: SegmentationDataset['labelled']): Promise<MaskedImage[]> =>
    openMaskedImages(
      part.filter((image) => !failed.has(placeName(image))),
      dataset,
      { images, smallest: patchSize, seed: request.seed, problems },
      context,
    );
  const labelled = await open(dataset.labelled);
  const tested = await open(dataset.tested);
  requireMaskedImages(dataset, labelled, tested, problems);
  requireTolerance(tested, toleranceOf(request));
  noteUnseen('learnt', dataset.classes, labelled, context);
  noteUnseen('tested', dataset.classes, tested, context);
  return { dataset, images, distilled, labelled, tested, problems };
}

function requireMaskedImages(
  { origin }: SegmentationDataset,
  labelled: readonly MaskedImage[],
  tested: readonly MaskedImage[],
  problems: readonly ImageProblem[],
): void {
  if (labelled.length === 0 || tested.length === 0) {
    const { noneToTrain, noneToTest } = segmentationText;
    const textOf = labelled.length === 0 ? noneToTrain : noneToTest;
    throw new UserError('no-images', textOf(origin, problems[0]));
  }
  if (labelled.every(({ counts }) => counts.every((count, value) => value === 0 || count === 0))) {
    const message = segmentationText.onlyBackground(origin, labelled.length);
    throw new UserError('invalid-labels', message);
  }
}
