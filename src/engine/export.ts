import { join } from 'node:path';
import type { ModelCard, ParityReport } from '../contract/jobs.ts';
import type { Graph } from '../core/graph/ops.ts';
import { adaptedLinears, mergeAdapters } from '../core/lora/adapters.ts';
import type { AdapterLayout } from '../core/lora/adapters.ts';
import * as g from '../core/graph/build.ts';
import { emitOnnx } from '../core/onnx/emit.ts';
import { halfWeights, quantizedWeights } from '../core/onnx/precision.ts';
import { foldConstants } from '../core/graph/rewrite.ts';
import { unpackAdapters } from '../core/lora/adapters.ts';
import type { Tensor } from '../core/tensor.ts';
import { classifierGraph } from '../core/vit/classifier.ts';
import type { ClassifierHead } from '../core/vit/classifier.ts';
import { frozenLinears } from '../core/vit/forward.ts';
import type { VitModel } from '../core/vit/weights.ts';
import type { FoundImage } from '../formats/labelled-images.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { timmMetadata, timmMetadataKey } from '../formats/timm.ts';
import { writeFileAtomically } from '../formats/write-file.ts';
import { readResult } from '../runtime/executor.ts';
import type { Executor, LoadedGraph } from '../runtime/executor.ts';
import { readBatches, stackRows } from './inference.ts';
import { PhaseProgress, throwIfCancelled } from './job.ts';
import type { JobContext } from './job.ts';
import { cardKey, formOf, openModel } from './model-file.ts';

/** A distilled student with its head, before and after merging. */
export interface Student {
  /** What the adapters sit on. */
  readonly base: VitModel;
  readonly layout: AdapterLayout;
  readonly adapters: Tensor;
  readonly head: ClassifierHead;
}

export interface ExportResult {
  /** Names in the folder; a weights file comes before its model. */
  readonly files: string[];
  /** `file` is a name as well. */
  readonly parity: ParityReport[];
}

/** Files by the way their weights are stored. */
const variants = [
  { weights: 'float32', file: 'student.onnx', rewrite: foldConstants },
  { weights: 'float16', file: 'student.fp16.onnx', rewrite: halfWeights },
  { weights: 'int8', file: 'student.int8.onnx', rewrite: quantizedWeights },
] as const satisfies readonly {
  weights: ModelCard['student']['weights'];
  file: string;
  rewrite: (graph: Graph) => Graph;
}[];

/** Every file that an export may write, but for the weights files of models past 2 GB. */
export const exportNames: readonly string[] = [
  ...variants.map(({ file }) => file),
  'student.safetensors',
];

/** How far the float32 file may be from the live model, relative to the largest logit. */
const parityTolerance = 1e-4;
/** Images for the parity check. */
export const parityImages = 64;

/**
 * Writes the student as ONNX (float32, float16 weights, 8-bit weights) and as safetensors in timm's
 * naming, opens each ONNX file again and compares it with the live model on real images.
 *
 * @param card what the files say about themselves
 * @param images to compare on; the first readable ones are used
 * @param folder where to write; it exists
 * @throws UserError when a file cannot be written; Error when the float32 file disagrees
 */
export async function exportStudent(
  student: Student,
  card: ModelCard,
  images: readonly FoundImage[],
  folder: string,
  executor: Executor,
  context: JobContext,
): Promise<ExportResult> {
  const progress = new PhaseProgress(context, 'export', variants.length + 1);
  const merged = mergeAdapters(student.base, student.layout, student.adapters.data);
  const live = await liveLogits(student, card, images, executor, context);
  const graph = classifierGraph(merged, student.head);
  const files: string[] = [];
  const parity: ParityReport[] = [];
  for (const [index, { weights, file, rewrite }] of variants.entries()) {
    throwIfCancelled(context);
    const path = join(folder, file);
    const written = await writeOnnx(folder, file, rewrite(graph), {
      ...card,
      student: { ...card.student, weights },
    });
    files.push(...written.files);
    const measured = await compare(path, card.task, live, executor);
    const report = { file, bytes: written.bytes, ...measured };
    if (weights === 'float32' && !(report.relativeDifference <= parityTolerance)) {
      throw new Error(
        `${path} differs from the trained student by ${report.relativeDifference} where ${parityTolerance} is allowed`,
      );
    }
    parity.push(report);
    progress.advance(index + 1);
  }
  const plain = 'student.safetensors';
  const { weight, bias } = student.head;
  await writeSafetensors(
    join(folder, plain),
    new Map([...merged.weights, ['head.weight', weight], ['head.bias', bias]]),
    {
      metadata: { [timmMetadataKey]: timmMetadata(merged), [cardKey]: JSON.stringify(card) },
    },
  );
  progress.advance(variants.length + 1);
  return { files: [...files, plain], parity };
}

async function writeOnnx(
  folder: string,
  file: string,
  graph: Graph,
  card: ModelCard,
): Promise<{ files: string[]; bytes: number }> {
  const weightsFile = `${file}.data`;
  const classNames = Object.fromEntries(card.classes.map((name, index) => [index, name]));
  const { model, weights } = emitOnnx(graph, {
    producer: { name: 'understudy', version: card.versions.understudy },
    documentation: `Input "image": (batch, ${card.preprocessing.channels}, ${card.preprocessing.imageSize}, ${card.preprocessing.imageSize}), values in [0, 1]; normalisation is inside.`,
    metadata: new Map([
      [cardKey, JSON.stringify(card)],
      ['class_names', JSON.stringify(classNames)],
    ]),
    external: { file: weightsFile },
  });
  if (weights.length > 0) await writeFileAtomically(join(folder, weightsFile), weights);
  await writeFileAtomically(join(folder, file), model);
  const bytes = weights.reduce((sum, part) => sum + part.byteLength, model.byteLength);
  return { files: weights.length > 0 ? [weightsFile, file] : [file], bytes };
}

/** What the student answered while its adapters were still beside the weights. */
interface LiveLogits {
  readonly batches: readonly Tensor[];
  readonly logits: Tensor;
}

async function liveLogits(
  { base, layout, adapters, head }: Student,
  card: ModelCard,
  images: readonly FoundImage[],
  executor: Executor,
  context: JobContext,
): Promise<LiveLogits> {
  const pairs = unpackAdapters(layout, g.constant(adapters));
  const linears = adaptedLinears(frozenLinears(base), layout, pairs);
  const graph = await executor.load(classifierGraph(base, head, linears));
  const batches: Tensor[] = [];
  const logits: Tensor[] = [];
  // What cannot be read was reported when the candidates were measured.
  const quiet = { ...context, report: () => undefined };
  const some = images.slice(0, parityImages);
  for await (const { pixels } of readBatches(some, formOf(card), [], quiet)) {
    batches.push(pixels);
    logits.push(await readResult(await graph.run({ image: pixels }), 'logits'));
  }
  await graph.dispose();
  return { batches, logits: stackRows(logits) };
}

async function compare(
  path: string,
  task: ModelCard['task'],
  live: LiveLogits,
  executor: Executor,
): Promise<Omit<ParityReport, 'file' | 'bytes'>> {
  const { graph } = await openModel(path, executor);
  const parts = await runAll(graph, live.batches);
  await graph.dispose();
  const { data, shape } = stackRows(parts);
  const expected = live.logits.data;
  const largest = expected.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const difference = expected.reduce(
    (size, value, index) => Math.max(size, Math.abs(value - (data[index] ?? NaN))),
    0,
  );
  const [images = 0, classes = 1] = shape;
  let agreeing = 0;
  for (let row = 0; row < images; row++) {
    const range = [row * classes, (row + 1) * classes] as const;
    if (sameAnswer(expected.subarray(...range), data.subarray(...range), task)) agreeing += 1;
  }
  return {
    relativeDifference: largest === 0 ? difference : difference / largest,
    agreement: images === 0 ? 1 : agreeing / images,
    images,
  };
}

async function runAll(graph: LoadedGraph, batches: readonly Tensor[]): Promise<Tensor[]> {
  const parts: Tensor[] = [];
  for (const image of batches) parts.push(await readResult(await graph.run({ image }), 'logits'));
  return parts;
}

/** The same class, or for several labels the same yes and no to each. */
function sameAnswer(a: Float32Array, b: Float32Array, task: ModelCard['task']): boolean {
  if (task === 'several') return a.every((value, index) => value >= 0 === (b[index] ?? 0) >= 0);
  return a.indexOf(Math.max(...a)) === b.indexOf(Math.max(...b));
}
