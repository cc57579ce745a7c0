import { join } from 'node:path';
import { usualTraining } from '../../contract/jobs.ts';
import type { DistillOptions } from '../../contract/jobs.ts';
import type { MaskCard } from '../../contract/model-card.ts';
import type { MaskSummary, RecipeReport } from '../../contract/results.ts';
import { UserError } from '../../core/errors.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { outlineBaselines } from '../../core/metrics/outline-baselines.ts';
import { mergeAdapters } from '../../core/lora/adapters.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { withImage } from '../../formats/open-images.ts';
import { openFileExecutor } from '../devices/open-executor.ts';
import { openGlimpses } from '../glimpses.ts';
import { mostThreads } from '../image-pool/image-pool.ts';
import type { JobContext } from '../job.ts';
import { rasterBudget, targetBudget } from '../memory-budget.ts';
import { outlinedCandidates } from '../recipe/set-aside.ts';
import {
  copyCard,
  deliver,
  describeStudent,
  runStudentJob,
  secondsOf,
  summaryName,
} from '../student-job.ts';
import type { StudentJob } from '../student-job.ts';
import { trainAdapters } from '../student-training.ts';
import type { Trained } from '../student-training.ts';
import type { OpenWatch } from '../training.ts';
import { requireTolerance, toleranceOf } from './border-tolerance.ts';
import { compareDecoders } from './compare-decoders.ts';
import type { MaskCandidate } from './compare-decoders.ts';
import { cropViews, parityTiles } from './crop-views.ts';
import type { SegmentationDataset } from './dataset.ts';
import { exportOutliner } from './export-outliner.ts';
import type { OutliningStudent } from './export-outliner.ts';
import type { ExportResult } from '../export.ts';
import { KeptDecoders } from './kept-decoders.ts';
import { keepMask } from './kept-mask.ts';
import type { TakeMask } from './measure-masks.ts';
import { OpenImages } from './open-images.ts';
import { readableImages } from './readable-images.ts';
import { noteUnseen, openScenes } from './scene.ts';
import type { Scene } from './scene.ts';
import type { Contender } from './train-decoder.ts';
import type { DistillHabits, OutlineOutcome, PredictedTestMasks } from '../student-outcome.ts';

export interface OutlineHabits extends DistillHabits {
  /** Where the masks that were predicted for the test images go; without it they are not kept. */
  readonly masksFolder?: string;
}

/** Side of the input where nobody says it, px: at less than this a patch sees too little around it. */
const usualSide = 128;
/** Peak learning rates at a batch of 32 and more; with fewer crops per step, they follow the batch. */
const baseRates = { copy: 3e-3, fitted: 3e-3 } as const;
const usualBatch = usualTraining.segmentation.batch;

function usualRate(origin: keyof typeof baseRates, batch: number): number {
  return baseRates[origin] * Math.min(1, batch / usualBatch);
}

/**
 * Distils a student on crops, gives teacher, plain copy and student a decoder each, measures them on held-out images,
 * and exports the student.
 *
 * @throws UserError for everything that a person can put right, and 'cancelled'
 */
export async function distillOutlines(
  request: DistillOptions,
  dataset: SegmentationDataset,
  context: JobContext,
  { keepCheckpoint = false, glimpses = false, masksFolder, expected }: OutlineHabits = {},
): Promise<OutlineOutcome> {
  for (const problem of dataset.problems) context.report({ type: 'skipped', ...problem });
  const options = { usual: 'segmentation', imageSize: sideFor, keepCheckpoint, expected } as const;
  return runStudentJob(request, context, options, async (job) => {
    const images = new OpenImages(preparationOf(request.preparation), rasterBudget(job.memory));
    try {
      const read = await readImages(job, dataset, images);
      const { imageSize } = job.teacher.model.architecture;
      const threadBudget = rasterBudget(job.memory) / mostThreads;
      const views = { images, found: read.distilled, side: imageSize, threadBudget };
      const source = cropViews(views, request.orientation, request.seed);
      const watch = glimpses ? watchOf(job, dataset) : undefined;
      const candidates = outlinedCandidates(read.distilled, read.labelled);
      const rate = (origin: 'fitted' | 'copy'): number => usualRate(origin, job.request.batch);
      const trained = await trainAdapters(job, { source, images: candidates }, rate, watch);
      return await deliver(job, trained, () => finish(job, trained, read, masksFolder));
    } finally {
      await images.close();
    }
  });
}

/** A teacher's own side, or the least multiple of its patches from `usualSide` up. */
export function sideFor({
  architecture: { imageSize, patchSize },
}: Pick<VitModel, 'architecture'>): number {
  return Math.max(imageSize, Math.ceil(usualSide / patchSize) * patchSize);
}

/** What could be read of a dataset. */
interface ReadOutlines {
  readonly dataset: SegmentationDataset;
  readonly images: OpenImages;
  readonly distilled: readonly FoundImage[];
  readonly labelled: readonly Scene[];
  readonly tested: readonly Scene[];
  readonly problems: readonly ImageProblem[];
}

async function readImages(
  { teacher, request, context }: StudentJob,
  dataset: SegmentationDataset,
  images: OpenImages,
): Promise<ReadOutlines> {
  const problems: ImageProblem[] = [];
  const { patchSize } = teacher.model.architecture;
  const distilled = await readableImages(dataset.distilled, images, patchSize, problems, context);
  const failed = new Set(problems.map(({ path }) => path));
  const open = (part: SegmentationDataset['labelled']): Promise<Scene[]> =>
    openScenes(
      part.filter((image) => !failed.has(placeName(image))),
      ...([dataset, images, patchSize, request.seed, problems, context] as const),
    );
  const labelled = await open(dataset.labelled);
  const tested = await open(dataset.tested);
  requireScenes(dataset, labelled, tested, problems);
  requireTolerance(tested, toleranceOf(request));
  noteUnseen('learnt', dataset.classes, labelled, context);
  noteUnseen('tested', dataset.classes, tested, context);
  return { dataset, images, distilled, labelled, tested, problems };
}

function requireScenes(
  { origin }: SegmentationDataset,
  labelled: readonly Scene[],
  tested: readonly Scene[],
  problems: readonly ImageProblem[],
): void {
  if (labelled.length === 0 || tested.length === 0) {
    const [first] = problems;
    const what = labelled.length === 0 ? 'to learn from' : 'to test on';
    const why = first ? ` The first: ${first.path}: ${first.reason}` : '';
    throw new UserError('no-images', `${origin}: no image with a mask is left ${what}.${why}`);
  }
  if (labelled.every(({ counts }) => counts.every((count, value) => value === 0 || count === 0))) {
    throw new UserError(
      'invalid-labels',
      `${origin}: the ${labelled.length} masks to learn from show nothing but background. Outline something in some of them, or choose others to learn from.`,
    );
  }
}

/** Patches of labelled images as the student comes to see them; a worth in classes there is none. */
function watchOf(
  { request, executor, context, teacher }: StudentJob,
  dataset: SegmentationDataset,
): OpenWatch {
  const { imageSize, channels } = teacher.model.architecture;
  const { framing } = request;
  const preparation = preparationOf(request.preparation);
  const labelled = dataset.labelled.map((image) => ({
    ...image,
    ...{ labels: [], isLabelled: true, split: undefined },
  }));
  // Without classes there is no worth to be told.
  const plan = { labelled, classes: [], task: 'several' as const };
  const form = { imageSize, channels, framing, preparation };
  return (training, graph) => openGlimpses(training, { ...plan, form }, graph, executor, context);
}

async function finish(
  job: StudentJob,
  { base, layout, adapters, state, loss, targetCacheHits, recipe }: Trained,
  read: ReadOutlines,
  masksFolder: string | undefined,
): Promise<OutlineOutcome> {
  const { request, context, teacher, copy, output, executor, memory } = job;
  const { dataset, images, labelled, tested } = read;
  const adapting = { layout, adapters: adapters.data };
  const contenders: Contender[] = [
    { name: 'teacher', encoder: teacher.model },
    { name: 'copy', encoder: copy },
    request.adapt
      ? { name: 'student', encoder: base, adapting }
      : { name: 'student', encoder: mergeAdapters(base, layout, adapters.data) },
  ];
  const { decoderSteps, overlap, orientation, seed } = request;
  const tolerance = toleranceOf(request);
  const keeper = new MaskKeeper(masksFolder, tested);
  const [ofTeacher, ofCopy, ofStudent] = await compareDecoders(
    contenders,
    {
      ...{ dataset, images, labelled, tested, overlap, tolerance, orientation, seed },
      ...{ steps: decoderSteps, cacheBytes: targetBudget(memory), scratch: output.staging },
      kept: await KeptDecoders.open(output.path, request.resume),
    },
    executor,
    context,
    (name) => keeper.taking(name),
  );
  if (!ofTeacher || !ofCopy || !ofStudent) throw new Error('a candidate is missing');
  const candidates = { teacher: ofTeacher, copy: ofCopy, student: ofStudent };
  const card = cardOf(job, read, candidates, recipe);
  const { imageSize } = teacher.model.architecture;
  const tiles = await parityTiles(images, tested, imageSize);
  const resolution = await resolutionOf(labelled);
  const write = (student: OutliningStudent, own: MaskCard): Promise<ExportResult> => {
    const file = openFileExecutor(request.threads);
    return exportOutliner(student, own, resolution, tiles, output.staging, file, context);
  };
  const exported = await write(
    {
      ...{ base, layout, adapters: ofStudent.adapters ?? adapters },
      ...{ decoderLayout: ofStudent.layout, decoder: ofStudent.decoder },
    },
    card,
  );
  // Where the plain copy did better on the test images, a person can take it instead.
  const isCopyBetter =
    (ofStudent.report.dice.mean?.value ?? 0) < (ofCopy.report.dice.mean?.value ?? 0);
  const none = { shape: [layout.size], data: new Float32Array(layout.size) };
  const ofCopied = { base: copy, layout, adapters: none };
  const decoder = { decoderLayout: ofCopy.layout, decoder: ofCopy.decoder };
  const copied = isCopyBetter
    ? await write({ stem: 'copy', ...ofCopied, ...decoder }, copyCard(card))
    : { files: [] };
  const summary: MaskSummary = {
    task: 'segmentation',
    baselines: outlineBaselines(tested.map(({ counts }) => counts)),
    teacher: ofTeacher.report,
    copy: ofCopy.report,
    student: ofStudent.report,
    tolerance,
    side: imageSize,
    decoderSteps,
    adapted: request.adapt,
    units: countUnits(tested, candidates),
    shown: dataset.classes
      .filter(({ value }) => tested.some(({ counts }) => counts[value]))
      .map(nameOf),
    perImage: perImage(tested, candidates),
    recipe,
    loss,
    seconds: secondsOf(job),
    skip: card.student.skip,
    blocks: [...job.blocks],
    rank: request.rank,
    precision: request.precision,
    steps: state.step,
    classes: dataset.classes.map(nameOf),
    images: {
      distilled: read.distilled.length,
      labelled: labelled.length,
      tested: tested.length,
      skipped: [...dataset.problems, ...read.problems],
    },
    targetCacheHits,
    parity: exported.parity.map((report) => ({ ...report, file: join(output.path, report.file) })),
    files: [...exported.files, ...copied.files, summaryName].map((name) => join(output.path, name)),
  };
  return { summary, masks: keeper.kept() };
}

type Candidates = Readonly<Record<Contender['name'], MaskCandidate>>;

function nameOf({ name, value }: SegmentationDataset['classes'][number]): string {
  return name ?? String(value);
}

/** Of test images that have a Dice: what is not independent counts once. */
function countUnits(tested: readonly Scene[], candidates: Candidates): number {
  const all = Object.values(candidates);
  const units = tested.flatMap(({ image }, index) =>
    all.every(({ perImage }) => (perImage[index] ?? null) !== null) ? [image.group ?? index] : [],
  );
  return new Set(units).size;
}

/** The student's worst first; where there was nothing to compare last. */
function perImage(
  tested: readonly Scene[],
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
  { dataset, tested }: ReadOutlines,
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
      ...{ overlap, decoderSteps, adapted: adapt },
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

/** cm a pixel of the first image that says it, and is still there. */
async function resolutionOf(scenes: readonly Scene[]): Promise<number | null> {
  for (const { image } of scenes.slice(0, 8)) {
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

/** Keeps predicted masks of the test images as files. */
class MaskKeeper {
  readonly #folder: string | undefined;
  readonly #numbers: ReadonlyMap<Scene, number>;
  readonly #files = new Map<Scene, Partial<Record<Contender['name'], string>>>();

  constructor(folder: string | undefined, tested: readonly Scene[]) {
    this.#folder = folder;
    this.#numbers = new Map(tested.map((scene, index) => [scene, index]));
  }

  taking(name: Contender['name']): TakeMask | undefined {
    const folder = this.#folder;
    if (folder === undefined) return undefined;
    return async (mask, scene) => {
      await makeFolder(folder);
      const file = join(folder, `${name}-${this.#numbers.get(scene) ?? 0}.mask`);
      await keepMask(file, mask);
      this.#files.set(scene, { ...this.#files.get(scene), [name]: file });
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
