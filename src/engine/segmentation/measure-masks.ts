import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  MaskQuality,
  ClassScores as WrittenScores,
  WrittenTolerance,
} from '../../contract/results.ts';
import { boundaryCounts, readFromMasks } from '../../core/metrics/boundary-f1.ts';
import { MaskConfusion } from '../../core/metrics/mask-confusion.ts';
import { segmentationReport } from '../../core/metrics/segmentation.ts';
import type { ClassScores, SegmentedImage } from '../../core/metrics/segmentation.ts';
import { writeFailure } from '../../formats/file-errors.ts';
import { maskStrips, wholeMask } from '../../formats/masks/strips.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import { toleranceIn } from './border-tolerance.ts';
import type { OpenImages } from './open-images.ts';
import { predictMask } from './predict-mask.ts';
import type { TileModel } from './predict-mask.ts';
import type { Scene } from './scene.ts';

/** Images whose mask is larger are measured without their boundaries, px: both masks are in memory for these. */
const largestWithBoundary = 2 ** 27;

export interface MeasureOptions {
  /** Without the background. */
  readonly classes: readonly MaskClass[];
  readonly overlap: number;
  /** Of boundaries; what `requireTolerance` takes of the scenes. */
  readonly tolerance: WrittenTolerance;
  readonly signal: AbortSignal;
  /** Folder for masks while they are made; the system's for temporary files by default. */
  readonly scratch?: string;
  /** Tiles that are done, of so many of this image. */
  readonly progress?: (done: number, total: number) => void;
}

/** What is done with a predicted mask before it goes. */
export type TakeMask = (mask: MaskRaster, scene: Scene) => Promise<void>;

/**
 * Predicts the masks of scenes by tiles, as it is done with any image, and counts what is right.
 *
 * @param take gets each mask while it is there
 * @returns in the order of the scenes
 * @throws UserError as the images do, and 'cancelled'
 */
export async function measureScenes(
  model: TileModel,
  scenes: readonly Scene[],
  images: OpenImages,
  options: MeasureOptions,
  take?: TakeMask,
): Promise<SegmentedImage[]> {
  const { scratch = tmpdir() } = options;
  const folder = await mkdtemp(join(scratch, 'understudy-masks-')).catch((error: unknown) => {
    throw writeFailure(error, scratch);
  });
  const hasBoundary = scenes.every(({ width, height }) => width * height <= largestWithBoundary);
  try {
    const measured: SegmentedImage[] = [];
    for (const [index, scene] of scenes.entries()) {
      const path = join(folder, String(index));
      const { classes, overlap, signal, progress } = options;
      const spool = { path, fingerprint: '' };
      const mask = await images.use(scene.image, (prepared) =>
        predictMask(model, prepared, { classes, overlap, signal, progress, spool }),
      );
      try {
        measured.push(await measure(scene, mask, hasBoundary, options));
        await take?.(mask, scene);
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
  scene: Scene,
  predicted: MaskRaster,
  hasBoundary: boolean,
  { classes, tolerance }: MeasureOptions,
): Promise<SegmentedImage> {
  const { image, mask: truth, width, height } = scene;
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
    tolerance: toleranceIn(scene, tolerance),
  });
  return { pixels: confusion.classPixels(), boundary, group };
}

/** A report as it crosses to whoever asked, with the names of classes. */
export function maskQuality(
  images: readonly SegmentedImage[],
  classes: readonly MaskClass[],
  seed: number,
): MaskQuality {
  const report = segmentationReport({ images, seed });
  const named = ({ mean, classes: each }: ClassScores): WrittenScores => ({
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
