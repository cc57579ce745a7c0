import { usualTraining } from '../../../contract/jobs.ts';
import type { MaskCard } from '../../../contract/model-card.ts';
import type { MaskSummary } from '../../../contract/results.ts';
import { preparationOf } from '../../../core/image/preparation.ts';
import { mergeAdapters } from '../../../core/vit/adapters.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import { openFileExecutor } from '../../devices/open-executor.ts';
import { openProbes } from '../../distill/probes.ts';
import { mostThreads } from '../../image-pool/image-pool.ts';
import { rasterBudget, targetBudget } from '../../devices/memory-budget.ts';
import { segmentationCandidates } from '../../distill/recipe/set-aside.ts';
import { copyCard } from '../../distill/student-card.ts';
import type { StudentJob, StudentTask, Trained } from '../../distill/student-task.ts';
import type { OpenWatch } from '../../distill/training.ts';
import { toleranceOf } from './border-tolerance.ts';
import { compareDecoders } from './compare-decoders.ts';
import { cropViews, parityTiles } from './crop-views.ts';
import type { SegmentationDataset } from './data/dataset.ts';
import { exportSegmenter } from './export-segmenter.ts';
import type { SegmentingStudent } from './export-segmenter.ts';
import type { ExportResult } from '../../models/export-files.ts';
import { KeptDecoders } from './kept-decoders.ts';
import { OpenImages } from '../../images/open-images.ts';
import type { MaskedImage } from './data/masked-image.ts';
import { PredictedMasks } from './predicted-masks.ts';
import type { PredictedTestMasks } from './predicted-masks.ts';
import { readDataset } from './read-dataset.ts';
import type { ReadDataset } from './read-dataset.ts';
import { studentCard, summaryOf } from './segmentation-report.ts';
import type { Candidates } from './segmentation-report.ts';
import type { Contender } from './train-decoder.ts';

/** Result of a distillation. */
export interface SegmentationOutcome {
  readonly task: 'segmentation';
  readonly summary: MaskSummary;
  /** Predicted masks of the test images, if a folder for them was given. */
  readonly masks: readonly PredictedTestMasks[];
}

/** Images and masks, and the folder for predicted masks. */
export interface SegmentationData extends SegmentationDataset {
  /** Folder for the predicted masks of the test images; without it they are not kept. */
  readonly masksFolder?: string;
}

/** Default side of the input, px: with less, a patch has too little context. */
const defaultSide = 128;
/** Peak learning rate at a batch of 32 and more; proportional to smaller batches. */
const baseRate = 3e-3;
const defaultBatch = usualTraining.segmentation.batch;

/** Segmentation: distillation on crops, with a decoder instead of a head. */
export const segmentationStudents: StudentTask<SegmentationData, SegmentationOutcome> = {
  defaults: 'segmentation',
  imageSize: sideFor,
  peakLearningRate: (_origin, batch) => baseRate * Math.min(1, batch / defaultBatch),
  async open(job, data) {
    const { request, memory } = job;
    const budget = rasterBudget(memory);
    const images = new OpenImages(preparationOf(request.preparation), budget);
    try {
      const read = await readDataset(job, data, images);
      const { imageSize } = job.teacher.model.architecture;
      const threadBudget = budget / mostThreads;
      const views = { images, found: read.distilled, side: imageSize, threadBudget };
      return {
        training: {
          source: cropViews(views, request.orientation, request.seed),
          images: segmentationCandidates(read.distilled, read.labelled),
        },
        openWatch: watchOf(job, data),
        finish: (trained) => finish(job, trained, read, data.masksFolder),
        close: () => images.close(),
      };
    } catch (error) {
      await images.close();
      throw error;
    }
  },
};

/**
 * Returns the default side: the teacher's own, or the smallest multiple of its patch size from `defaultSide` up.
 */
export function sideFor({
  architecture: { imageSize, patchSize },
}: Pick<VitModel, 'architecture'>): number {
  return Math.max(imageSize, Math.ceil(defaultSide / patchSize) * patchSize);
}

/** Returns a watch that shows patch features of labelled images; without classes there is no accuracy. */
function watchOf(
  { request, executor, context, teacher }: StudentJob,
  dataset: SegmentationDataset,
): OpenWatch {
  const { imageSize, channels } = teacher.model.architecture;
  const { framing } = request;
  const preparation = preparationOf(request.preparation);
  const labelled = dataset.labelled.map((image) => ({
    ...image,
    labels: [],
    isLabelled: true,
    split: undefined,
  }));
  const plan = { labelled, classes: [], task: 'several' as const };
  const form = { imageSize, channels, framing, preparation };
  return (training, graph) => openProbes(training, { ...plan, form }, graph, executor, context);
}

async function finish(
  job: StudentJob,
  trained: Trained,
  read: ReadDataset,
  masksFolder: string | undefined,
): Promise<SegmentationOutcome> {
  const keeper = new PredictedMasks(masksFolder, read.tested);
  const candidates = await compare(job, trained, read, keeper);
  const card = studentCard(job, read, candidates, trained.recipe);
  const exported = await exportModels(job, trained, read, candidates, card);
  return {
    task: 'segmentation',
    summary: summaryOf(job, trained, read, candidates, exported),
    masks: keeper.kept(),
  };
}

/** Trains a decoder for each of the three models, and measures them on the test images. */
async function compare(
  { request, context, teacher, copy, output, executor, memory }: StudentJob,
  { base, layout, adapters }: Trained,
  { dataset, images, labelled, tested }: ReadDataset,
  keeper: PredictedMasks,
): Promise<Candidates> {
  const contenders: Contender[] = [
    { name: 'teacher', encoder: teacher.model },
    { name: 'copy', encoder: copy },
    request.adapt
      ? { name: 'student', encoder: base, adapting: { layout, adapters: adapters.data } }
      : { name: 'student', encoder: mergeAdapters(base, layout, adapters.data) },
  ];
  const { decoderSteps, overlap, orientation, seed } = request;
  const [ofTeacher, ofCopy, ofStudent] = await compareDecoders(
    contenders,
    {
      dataset,
      images,
      labelled,
      tested,
      overlap,
      tolerance: toleranceOf(request),
      orientation,
      seed,
      steps: decoderSteps,
      cacheBytes: targetBudget(memory),
      scratch: output.staging,
      kept: await KeptDecoders.open(output.path, request.resume),
    },
    executor,
    context,
    (name) => keeper.taking(name),
  );
  if (!ofTeacher || !ofCopy || !ofStudent)
    throw new Error('expected candidates of teacher, copy and student, got fewer');
  return { teacher: ofTeacher, copy: ofCopy, student: ofStudent };
}

/** Exports the student and, if the untrained copy performed better on the test images, the copy as an alternative. */
async function exportModels(
  { request, context, teacher, copy, output }: StudentJob,
  { base, layout, adapters }: Trained,
  { images, labelled, tested }: ReadDataset,
  { student, copy: ofCopy }: Candidates,
  card: MaskCard,
): Promise<ExportResult> {
  const batches = await parityTiles(images, tested, teacher.model.architecture.imageSize);
  const destination = {
    resolution: resolutionOf(labelled),
    batches,
    folder: output.staging,
  };
  const write = (model: SegmentingStudent, own: MaskCard): Promise<ExportResult> =>
    exportSegmenter(model, own, destination, openFileExecutor(request.threads), context);
  const exported = await write(
    {
      base,
      layout,
      adapters: student.adapters ?? adapters,
      decoderLayout: student.layout,
      decoder: student.decoder,
    },
    card,
  );
  const isCopyBetter =
    (student.report.dice.mean?.value ?? 0) < (ofCopy.report.dice.mean?.value ?? 0);
  if (!isCopyBetter) return exported;
  const copied = await write(
    {
      stem: 'copy',
      base: copy,
      layout,
      adapters: { shape: [layout.size], data: new Float32Array(layout.size) },
      decoderLayout: ofCopy.layout,
      decoder: ofCopy.decoder,
    },
    copyCard(card),
  );
  return { files: [...exported.files, ...copied.files], parity: exported.parity };
}

/** Returns the resolution in cm per pixel, of the first image that states it. */
function resolutionOf(maskedImages: readonly MaskedImage[]): number | null {
  for (const { spacing } of maskedImages) {
    if (spacing?.unit === 'm') return Math.round(1e4 * spacing.x) / 100;
  }
  return null;
}
