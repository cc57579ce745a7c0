import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  MaskQuality,
  ClassScores as WrittenScores,
  WrittenTolerance,
} from '../../../contract/results.ts';
import { boundaryCounts, readFromMasks } from '../../../core/metrics/boundary-f1.ts';
import { MaskConfusion } from '../../../core/metrics/mask-confusion.ts';
import { segmentationReport } from '../../../core/metrics/segmentation.ts';
import type { PerClassScores, SegmentedImage } from '../../../core/metrics/segmentation.ts';
import { writeFailure } from '../../../formats/files/file-errors.ts';
import { maskStrips, wholeMask } from '../../../formats/masks/strips.ts';
import type { MaskClass, MaskRaster } from '../../../formats/masks/mask-raster.ts';
import { toleranceIn } from './border-tolerance.ts';
import type { OpenImages } from '../../images/open-images.ts';
import { predictMask } from './predict/predict-mask.ts';
import type { TileModel } from './predict/predict-mask.ts';
import type { MaskedImage } from './data/masked-image.ts';

/** Most pixels of an image whose boundaries are measured, because both masks are then in memory. */
const largestWithBoundary = 2 ** 27;

export interface MeasureOptions {
  /** Classes, without the background. */
  readonly classes: readonly MaskClass[];
  readonly overlap: number;
  /** Tolerance of boundaries; `requireTolerance` has accepted it for the images. */
  readonly tolerance: WrittenTolerance;
  readonly signal: AbortSignal;
  /** Folder for masks in progress; the system's temporary folder by default. */
  readonly scratch?: string;
  /** Called with the numbers of completed and of all tiles of an image. */
  readonly progress?: (done: number, total: number) => void;
}

/** Callback for a predicted mask, called before the mask is deleted. */
export type TakeMask = (mask: MaskRaster, masked: MaskedImage) => Promise<void>;

/**
 * Predicts the masks of images in tiles, as for any image, and compares them with the true masks.
 *
 * @param take called with each mask while it exists
 * @returns counts in the order of the images
 * @throws UserError as the images do, and 'cancelled'
 */
export async function measureImages(
  model: TileModel,
  maskedImages: readonly MaskedImage[],
  images: OpenImages,
  options: MeasureOptions,
  take?: TakeMask,
): Promise<SegmentedImage[]> {
  const { scratch = tmpdir() } = options;
  const folder = await mkdtemp(join(scratch, 'understudy-masks-')).catch((error: unknown) => {
    throw writeFailure(error, scratch);
  });
  const hasBoundary = maskedImages.every(
    ({ width, height }) => width * height <= largestWithBoundary,
  );
  try {
    const measured: SegmentedImage[] = [];
    for (const [index, masked] of maskedImages.entries()) {
      const path = join(folder, String(index));
      const { classes, overlap, signal, progress } = options;
      const spool = { path, fingerprint: '' };
      const mask = await images.use(masked.image, (prepared) =>
        predictMask(model, prepared, { classes, overlap, signal, progress, spool }),
      );
      try {
        measured.push(await measure(masked, mask, hasBoundary, options));
        await take?.(mask, masked);
      } finally {
        await mask.remove();
      }
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  masked: MaskedImage,
  predicted: MaskRaster,
  hasBoundary: boolean,
  { classes, tolerance }: MeasureOptions,
): Promise<SegmentedImage> {
  const { image, mask: truth, width, height } = masked;
  const outputs = classes.length + 1;
  const confusion = new MaskConfusion(outputs);
  const { group } = image;
  if (!hasBoundary) {
    let y = 0;
    for await (const strip of maskStrips(predicted)) {
      const rows = strip.length / width;
      confusion.add(truth.read({ x: 0, y, width, height: rows }), strip);
      y += rows;
    }
    return { pixels: confusion.classPixels(), group };
  }
  const pair = { truth: await wholeMask(truth), predicted: await wholeMask(predicted) };
  confusion.add(pair.truth, pair.predicted);
  const size = { width, height };
  const boundary = boundaryCounts(size, readFromMasks(pair, size), {
    classes: outputs,
    tolerance: toleranceIn(masked, tolerance),
  });
  return { pixels: confusion.classPixels(), boundary, group };
}

/** Metrics for the result of a job, by names of classes. */
export function maskQuality(
  images: readonly SegmentedImage[],
  classes: readonly MaskClass[],
  seed: number,
): MaskQuality {
  const report = segmentationReport({ images, seed });
  const named = ({ mean, classes: each }: PerClassScores): WrittenScores => ({
    mean,
    classes: Object.fromEntries(
      classes.map(({ name, value }, index) => [name ?? String(value), each[index] ?? null]),
    ),
  });
  return {
    dice: named(report.dice),
    iou: named(report.iou),
    pixelAccuracy: report.pixelAccuracy,
    boundaryF1: report.boundaryF1 && named(report.boundaryF1),
  };
}
