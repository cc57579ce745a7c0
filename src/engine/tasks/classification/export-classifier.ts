import type { ClassCard } from '../../../contract/model-card.ts';
import * as g from '../../../core/graph/build.ts';
import { adaptedLinears, mergeAdapters, unpackAdapters } from '../../../core/vit/adapters.ts';
import type { AdapterLayout } from '../../../core/vit/adapters.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { classifierGraph } from '../../../core/vit/classifier.ts';
import type { ClassifierHead } from '../../../core/vit/classifier.ts';
import { frozenLinears } from '../../../core/vit/forward.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import type { FoundImage } from '../../../formats/labels/labelled-images.ts';
import type { ModelFileExecutor } from '../../../runtime/executor.ts';
import { modelText } from '../../../text/index.ts';
import { writeStudentFiles } from '../../models/export-files.ts';
import type { ExportResult, ExportStem } from '../../models/export-files.ts';
import { readBatches, stackRows } from '../../models/inference.ts';
import type { JobContext } from '../../job.ts';
import { inputFormOf } from '../../models/model-file.ts';

/** A distilled student with its head, before merging. */
export interface ClassifyingStudent {
  readonly stem?: ExportStem | undefined;
  /** Model under the adapters. */
  readonly base: VitModel;
  readonly layout: AdapterLayout;
  readonly adapters: Tensor;
  readonly head: ClassifierHead;
}

/** Number of images for the parity check. */
export const parityImages = 64;

interface ClassifierExport {
  /** Images to compare on; the first readable ones are used. */
  readonly images: readonly FoundImage[];
  /** Folder for the files. */
  readonly folder: string;
}

/** Exports a classification student; see `writeStudentFiles`. */
export async function exportClassifier(
  { stem, base, layout, adapters, head }: ClassifyingStudent,
  card: ClassCard,
  { images, folder }: ClassifierExport,
  executor: ModelFileExecutor,
  context: JobContext,
): Promise<ExportResult> {
  const pairs = unpackAdapters(layout, g.constant(adapters));
  const merged = mergeAdapters(base, layout, adapters.data);
  const { channels, imageSize } = card.preprocessing;
  const batches: Tensor[] = [];
  // Unreadable images were reported when the candidates were measured.
  const quiet = { ...context, report: () => undefined };
  const some = images.slice(0, parityImages);
  for await (const { pixels } of readBatches(some, inputFormOf(card), [], quiet))
    batches.push(pixels);
  return writeStudentFiles(
    {
      stem,
      live: classifierGraph(base, head, adaptedLinears(frozenLinears(base), pairs)),
      merged: classifierGraph(merged, head),
      compared: 'logits',
      card,
      metadata: new Map(),
      documentation: modelText.classifierFile({ channels, imageSize }),
      encoder: merged,
      head: new Map([
        ['head.weight', head.weight],
        ['head.bias', head.bias],
      ]),
      decoder: null,
      batches,
      agreement: (expected, got) => agreementOf(stackRows(expected), stackRows(got), card.task),
    },
    folder,
    executor,
    context,
  );
}

/** Returns the share of the images (rows of logits) with the same prediction. */
function agreementOf(expected: Tensor, got: Tensor, task: ClassCard['task']): number {
  const [images = 0, classes = 1] = expected.shape;
  let agreeing = 0;
  for (let row = 0; row < images; row++) {
    const range = [row * classes, (row + 1) * classes] as const;
    if (samePrediction(expected.data.subarray(...range), got.data.subarray(...range), task)) {
      agreeing += 1;
    }
  }
  return images === 0 ? 1 : agreeing / images;
}

/** Returns true for the same class or, with several labels, the same set of classes. */
function samePrediction(a: Float32Array, b: Float32Array, task: ClassCard['task']): boolean {
  if (task === 'several') return a.every((value, index) => value >= 0 === (b[index] ?? 0) >= 0);
  return a.indexOf(Math.max(...a)) === b.indexOf(Math.max(...b));
}
