import { join } from 'node:path';
import type { ModelCard } from '../../contract/model-card.ts';
import type { ParityReport } from '../../contract/results.ts';
import { foldConstants } from '../../core/graph/rewrite.ts';
import type { Graph } from '../../core/graph/ops.ts';
import { emitOnnx } from '../../core/onnx/emit.ts';
import { halfWeights, quantizedWeights } from '../../core/onnx/precision.ts';
import type { Tensor } from '../../core/tensor.ts';
import { writeSafetensors } from '../../formats/safetensors/safetensors.ts';
import { teacherMetadata, teacherMetadataKey } from '../../formats/checkpoints/teacher-metadata.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { writeFileAtomically } from '../../formats/files/write-file.ts';
import { readResult } from '../../runtime/executor.ts';
import type { LoadedGraph, ModelFileExecutor } from '../../runtime/executor.ts';
import { PhaseProgress, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import { cardKey, openModel } from './model-file.ts';

/** Base name of the files: the student, or the untrained copy if that performed better. */
export type ExportStem = 'student' | 'copy';

/** A student with its head or decoder, ready for export. */
export interface ExportedStudent {
  /** Base name; the student by default. */
  readonly stem?: ExportStem | undefined;
  /** Graph with separate adapters, as trained. */
  readonly live: Graph;
  /** Graph with merged adapters, for the files. */
  readonly merged: Graph;
  /** Output by which the two are compared. */
  readonly compared: 'logits' | 'probabilities';
  /** Model card, stored in the files. */
  readonly card: ModelCard;
  /** Additional `metadata_props` entries. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly documentation: string;
  /** Merged encoder, for `student.safetensors`. */
  readonly encoder: VitModel;
  /**
   * Tensors that timm's model of the encoder has as well, such as `head.weight`; they go into the same file.
   */
  readonly head: ReadonlyMap<string, Tensor>;
  /** Tensors of a decoder, which timm's model does not have; they get a separate file. */
  readonly decoder: ReadonlyMap<string, Tensor> | null;
  /** Batches of images to compare on. */
  readonly batches: readonly Tensor[];
  /** Share of predictions that agree, by the compared output. */
  agreement(expected: readonly Tensor[], got: readonly Tensor[]): number;
}

export interface ExportResult {
  /** File names in the folder; a weights file comes before its model. */
  readonly files: string[];
  /** Comparison of each file with the live model; `file` is a name as well. */
  readonly parity: ParityReport[];
}

/** Files by weight storage. */
const variants = [
  { weights: 'float32', ending: 'onnx', rewrite: foldConstants },
  { weights: 'float16', ending: 'fp16.onnx', rewrite: halfWeights },
  { weights: 'int8', ending: 'int8.onnx', rewrite: quantizedWeights },
] as const satisfies readonly {
  weights: ModelCard['student']['weights'];
  ending: string;
  rewrite: (graph: Graph) => Graph;
}[];

/** Names of the files that contain only weights. */
export const weightFiles = {
  encoder: 'student.safetensors',
  decoder: 'student.decoder.safetensors',
} as const;

/** Returns the file name for another stem than `student`. */
function named(file: string, stem: ExportStem): string {
  return file.replace(/^student/, stem);
}

/**
 * Names of all files that an export may write, except the weights files of models larger than 2 GB.
 */
export const exportNames: readonly string[] = (['student', 'copy'] as const).flatMap((stem) => [
  ...variants.map(({ ending }) => `${stem}.${ending}`),
  ...Object.values(weightFiles).map((file) => named(file, stem)),
]);

/**
 * Largest difference between the float32 file and the live model, relative to the largest value.
 */
const parityTolerance = 1e-4;

/**
 * Writes the student, or the untrained copy, as ONNX (float32, float16 weights, 8-bit weights) and as safetensors in
 * timm's naming, opens each ONNX file again and compares it with the live model on real images. A decoder gets a
 * separate file, so that timm loads the encoder's file strictly.
 *
 * @param folder existing folder to write to
 * @throws UserError if a file cannot be written; Error if the float32 file disagrees
 */
export async function writeStudentFiles(
  student: ExportedStudent,
  folder: string,
  executor: ModelFileExecutor,
  context: JobContext,
): Promise<ExportResult> {
  const progress = new PhaseProgress(context, 'export', variants.length + 1);
  const { card, batches, compared, stem = 'student' } = student;
  const live = await executor.load(student.live);
  const expected = await runAndDispose(live, batches, compared);
  const files: string[] = [];
  const parity: ParityReport[] = [];
  for (const [index, { weights, ending, rewrite }] of variants.entries()) {
    throwIfCancelled(context);
    const file = `${stem}.${ending}`;
    const path = join(folder, file);
    const variant = { ...card, student: { ...card.student, weights } };
    const written = await writeOnnx(folder, file, rewrite(student.merged), variant, student);
    files.push(...written.files);
    const { graph } = await openModel(path, executor);
    const got = await runAndDispose(graph, batches, compared);
    const report = {
      file,
      bytes: written.bytes,
      relativeDifference: relativeDifference(expected, got),
      agreement: student.agreement(expected, got),
      images: batches.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0),
    };
    if (weights === 'float32' && !(report.relativeDifference <= parityTolerance)) {
      throw new Error(
        `${path} differs from the trained student by ${report.relativeDifference}; at most ${parityTolerance} is allowed`,
      );
    }
    parity.push(report);
    progress.advance(index + 1);
  }
  files.push(...(await writeWeights(folder, student)));
  progress.advance(variants.length + 1);
  return { files, parity };
}

/** @returns file names */
async function writeWeights(
  folder: string,
  { encoder, head, decoder, card, stem = 'student' }: ExportedStudent,
): Promise<string[]> {
  const encoderFile = named(weightFiles.encoder, stem);
  const decoderFile = named(weightFiles.decoder, stem);
  const cardEntry = { [cardKey]: JSON.stringify(card) };
  await writeSafetensors(join(folder, encoderFile), new Map([...encoder.weights, ...head]), {
    metadata: { [teacherMetadataKey]: teacherMetadata(encoder), ...cardEntry },
  });
  if (decoder === null) return [encoderFile];
  await writeSafetensors(join(folder, decoderFile), decoder, { metadata: cardEntry });
  return [encoderFile, decoderFile];
}

async function writeOnnx(
  folder: string,
  file: string,
  graph: Graph,
  card: ModelCard,
  { metadata, documentation }: ExportedStudent,
): Promise<{ files: string[]; bytes: number }> {
  const weightsFile = `${file}.data`;
  const classNames = Object.fromEntries(card.classes.map((name, index) => [index, name]));
  const { model, weights } = emitOnnx(graph, {
    producer: { name: 'understudy', version: card.versions.understudy },
    documentation,
    metadata: new Map([
      [cardKey, JSON.stringify(card)],
      ['class_names', JSON.stringify(classNames)],
      ...metadata,
    ]),
    external: { file: weightsFile },
  });
  if (weights.length > 0) await writeFileAtomically(join(folder, weightsFile), weights);
  await writeFileAtomically(join(folder, file), model);
  const bytes = weights.reduce((sum, part) => sum + part.byteLength, model.byteLength);
  return { files: weights.length > 0 ? [weightsFile, file] : [file], bytes };
}

async function runAndDispose(
  graph: LoadedGraph,
  batches: readonly Tensor[],
  output: string,
): Promise<Tensor[]> {
  const parts: Tensor[] = [];
  try {
    for (const image of batches) parts.push(await readResult(await graph.run({ image }), output));
  } finally {
    await graph.dispose();
  }
  return parts;
}

/** Returns the largest difference, relative to the largest expected value. */
function relativeDifference(expected: readonly Tensor[], got: readonly Tensor[]): number {
  let [largest, difference] = [0, 0];
  for (const [index, { data }] of expected.entries()) {
    const other = got[index]?.data;
    for (let at = 0; at < data.length; at++) {
      const value = data[at] ?? NaN;
      largest = Math.max(largest, Math.abs(value));
      difference = Math.max(difference, Math.abs(value - (other?.[at] ?? NaN)));
    }
  }
  return largest === 0 ? difference : difference / largest;
}
