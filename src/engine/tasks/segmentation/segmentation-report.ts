import { join } from 'node:path';
import type { MaskCard } from '../../../contract/model-card.ts';
import type { MaskSummary, RecipeReport } from '../../../contract/results.ts';
import { segmentationBaselines } from '../../../core/metrics/segmentation-baselines.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import { secondsOf, summaryName } from '../../distill/deliver.ts';
import { describeStudent } from '../../distill/student-card.ts';
import type { StudentJob, Trained } from '../../distill/student-task.ts';
import type { ExportResult } from '../../models/export-files.ts';
import { toleranceOf } from './border-tolerance.ts';
import type { MaskCandidate } from './compare-decoders.ts';
import type { SegmentationDataset } from './data/dataset.ts';
import type { MaskedImage } from './data/masked-image.ts';
import type { ReadDataset } from './read-dataset.ts';
import type { Contender } from './train-decoder.ts';

/** The three models with their decoders. */
export type Candidates = Readonly<Record<Contender['name'], MaskCandidate>>;

/** Returns the summary of a distillation. */
export function summaryOf(
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

/** Returns the card of the student, for its files. */
export function studentCard(
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
