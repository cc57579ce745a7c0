import { must } from '../../../core/must.ts';
import { join } from 'node:path';
import { usualTraining } from '../../../contract/jobs.ts';
import type { MaskCard } from '../../../contract/model-card.ts';
import type { MaskSummary, RecipeReport } from '../../../contract/results.ts';
import { UserError } from '../../../core/errors.ts';
import { preparationOf } from '../../../core/image/preparation.ts';
import { segmentationBaselines } from '../../../core/metrics/segmentation-baselines.ts';
import { mergeAdapters } from '../../../core/vit/adapters.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { makeFolder } from '../../../formats/files/make-folder.ts';
import { withImage } from '../../../formats/open-images.ts';
import { openFileExecutor } from '../../devices/open-executor.ts';
import { openProbes } from '../../distill/probes.ts';
import { mostThreads } from '../../image-pool/image-pool.ts';
import { rasterBudget, targetBudget } from '../../devices/memory-budget.ts';
import { segmentationCandidates } from '../../distill/recipe/set-aside.ts';
import { secondsOf, summaryName } from '../../distill/deliver.ts';
import { copyCard, describeStudent } from '../../distill/student-card.ts';
import type { StudentJob, StudentTask, Trained } from '../../distill/student-task.ts';
import type { OpenWatch } from '../../distill/training.ts';
import { requireTolerance, toleranceOf } from './border-tolerance.ts';
import { compareDecoders } from './compare-decoders.ts';
import type { MaskCandidate } from './compare-decoders.ts';
import { cropViews, parityTiles } from './crop-views.ts';
import type { SegmentationDataset } from './data/dataset.ts';
import { exportSegmenter } from './export-segmenter.ts';
import type { SegmentingStudent } from './export-segmenter.ts';
import type { ExportResult } from '../../models/export-files.ts';
import { KeptDecoders } from './kept-decoders.ts';
import { writeMaskFile } from './data/mask-file.ts';
import type { TakeMask } from './measure-masks.ts';
import { OpenImages } from '../../images/open-images.ts';
import { readableImages } from './data/readable-images.ts';
import { noteUnseen, openMaskedImages } from './data/masked-image.ts';
import type { MaskedImage } from './data/masked-image.ts';
import type { Contender } from './train-decoder.ts';
import { segmentationText } from '../../../text/index.ts';

/** Result of a distillation. */
export interface SegmentationOutcome {
  readonly task: 'segmentation';
  readonly summary: MaskSummary;
  /** Predicted masks of the test images, if a folder for them was given. */
  readonly masks: readonly PredictedTestMasks[];
}

/**
 * Files with the predicted masks of a test image, as `writeMaskFile` writes them, with the values of the data set's
 * classes.
 */
interface PredictedTestMasks {
  /** Path as given by `placeName`. */
  readonly path: string;
  readonly teacher: string;
  readonly copy: string;
  readonly student: string;
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
      const read = await readImages(job, data, images);
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

/** The readable part of a data set. */
interface ReadDataset {
  readonly dataset: SegmentationDataset;
  readonly images: OpenImages;
  readonly distilled: readonly FoundImage[];
  readonly labelled: readonly MaskedImage[];
  readonly tested: readonly MaskedImage[];
  readonly problems: readonly ImageProblem[];
}

async function readImages(
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
  // Without classes no accuracy is estimated.
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
  const keeper = new MaskStore(masksFolder, read.tested);
  const candidates = await compare(job, trained, read, keeper);
  const card = cardOf(job, read, candidates, trained.recipe);
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
  keeper: MaskStore,
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
    resolution: await resolutionOf(labelled),
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

function summaryOf(
  job: StudentJob,
  { state, loss, targetCacheHits, recipe }: Trained,
  { dataset, distilled, labelled, tested, problems }: ReadDataset,
  candidates: Candidates,
  exported: ExportResult,
): MaskSummary {
  const { request, teacher, output } = job;
  return {
    task: 'segmentation',
    baselines: segmentationBaselines(tested.map(({ counts }) => counts)),
    teacher: candidates.teacher.report,
    copy: candidates.copy.report,
    student: candidates.student.report,
    tolerance: toleranceOf(request),
    side: teacher.model.architecture.imageSize,
    decoderSteps: request.decoderSteps,
    adapted: request.adapt,
    units: countUnits(tested, candidates),
    shown: dataset.classes
      .filter(({ value }) => tested.some(({ counts }) => counts[value]))
      .map(nameOf),
    perImage: perImage(tested, candidates),
    recipe,
    loss,
    seconds: secondsOf(job),
    skip: request.blocks ? null : request.skip,
    blocks: [...job.blocks],
    rank: request.rank,
    precision: request.precision,
    steps: state.step,
    classes: dataset.classes.map(nameOf),
    images: {
      distilled: distilled.length,
      labelled: labelled.length,
      tested: tested.length,
      skipped: [...dataset.problems, ...problems],
    },
    targetCacheHits,
    parity: exported.parity.map((report) => ({ ...report, file: join(output.path, report.file) })),
    files: [...exported.files, summaryName].map((name) => join(output.path, name)),
  };
}

type Candidates = Readonly<Record<Contender['name'], MaskCandidate>>;

function nameOf({ name, value }: SegmentationDataset['classes'][number]): string {
  return name ?? String(value);
}

/** Returns the number of independent test images with a Dice: images of one group count once. */
function countUnits(tested: readonly MaskedImage[], candidates: Candidates): number {
  const all = Object.values(candidates);
  const units = tested.flatMap(({ image }, index) =>
    all.every(({ perImage }) => (perImage[index] ?? null) !== null) ? [image.group ?? index] : [],
  );
  return new Set(units).size;
}

/** Returns the Dice per image, the student's worst first; images without a Dice last. */
function perImage(
  tested: readonly MaskedImage[],
  { teacher, copy, student }: Candidates,
): MaskSummary['perImage'] {
  const rows = tested.map(({ image }, index) => ({
    path: placeName(image),
    teacher: teacher.perImage[index] ?? null,
    copy: copy.perImage[index] ?? null,
    student: student.perImage[index] ?? null,
  }));
  return rows.sort((a, b) => (a.student ?? 2) - (b.student ?? 2));
}

function cardOf(
  job: StudentJob,
  { dataset, tested }: ReadDataset,
  candidates: Candidates,
  recipe: RecipeReport,
): MaskCard {
  const { overlap, decoderSteps, adapt } = job.request;
  const figures = ({ report }: MaskCandidate): MaskCard['metrics']['student'] => ({
    dice: report.dice.mean,
    iou: report.iou.mean,
  });
  return {
    ...describeStudent(job, recipe),
    task: 'segmentation',
    classes: ['background', ...dataset.classes.map(nameOf)],
    masks: {
      colours: dataset.classes.map(({ colour }) => colour ?? '#808080'),
      overlap,
      decoderSteps,
      adapted: adapt,
      patchSize: job.teacher.model.architecture.patchSize,
    },
    metrics: {
      teacher: figures(candidates.teacher),
      copy: figures(candidates.copy),
      student: figures(candidates.student),
      images: tested.length,
    },
  };
}

/** Returns the resolution in cm per pixel, of the first image that states it and still exists. */
async function resolutionOf(maskedImages: readonly MaskedImage[]): Promise<number | null> {
  for (const { image } of maskedImages.slice(0, 8)) {
    const spacing = await withImage(image.path, ({ header }) =>
      Promise.resolve(header.spacing),
    ).catch((error: unknown) => {
      if (error instanceof UserError) return undefined;
      throw error;
    });
    if (spacing?.unit === 'm') return Math.round(1e4 * spacing.x) / 100;
  }
  return null;
}

/** Stores predicted masks of the test images in files. */
class MaskStore {
  readonly #folder: string | undefined;
  readonly #numbers: ReadonlyMap<MaskedImage, number>;
  readonly #files = new Map<MaskedImage, Partial<Record<Contender['name'], string>>>();

  constructor(folder: string | undefined, tested: readonly MaskedImage[]) {
    this.#folder = folder;
    this.#numbers = new Map(tested.map((masked, index) => [masked, index]));
  }

  taking(name: Contender['name']): TakeMask | undefined {
    const folder = this.#folder;
    if (folder === undefined) return undefined;
    return async (mask, masked) => {
      await makeFolder(folder);
      const number = must(this.#numbers.get(masked), 'the number of a test image');
      const file = join(folder, `${name}-${number}.mask`);
      await writeMaskFile(file, mask);
      this.#files.set(masked, { ...this.#files.get(masked), [name]: file });
    };
  }

  kept(): PredictedTestMasks[] {
    return [...this.#files].flatMap(([{ image }, { teacher, copy, student }]) =>
      teacher === undefined || copy === undefined || student === undefined
        ? []
        : [{ path: placeName(image), teacher, copy, student }],
    );
  }
}
