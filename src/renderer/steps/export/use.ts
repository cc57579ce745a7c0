import type { ExportFormat } from '../../../contract/app.ts';
import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { DistillSummary } from '../../../contract/results.ts';
import { channelsOf, preparationOf } from '../../../core/image/preparation.ts';
import { exportText } from '../../text/en/export.ts';

/** How an exported file is used. */
export interface Use {
  /** Lines of Python. */
  readonly note: string;
  /** Of inputs and outputs, or of weights, with what they are. */
  readonly names: readonly (readonly string[])[];
}

const text = exportText.use;

/** A file that a student leaves as. */
export interface ExportedFile {
  readonly file: string;
  /** Of the teacher's input, px; null where it is not known. */
  readonly side: number | null;
  /** What the student sees of images. */
  readonly preparation: WrittenPreparation;
  readonly format: ExportFormat;
}

export function useOf(
  summary: DistillSummary,
  { file, side, preparation, format }: ExportedFile,
): Use {
  const { task, classes } = summary;
  if (format === 'safetensors') {
    const names = task === 'segmentation' ? text.maskWeightNames : text.weightNames;
    return { note: text.safetensors(file), names };
  }
  const channels = channelsOf(preparationOf(preparation));
  const facts = { file, channels, preparation };
  return task === 'segmentation'
    ? {
        note: text.onnxMasks(facts, summary.side, classes.length),
        names: text.maskNames(channels),
      }
    : { note: text.onnx(facts, side, classes.length, task), names: text.names(channels) };
}
