import type { ExportFormat } from '../../../contract/app.ts';
import type { DistillSummary } from '../../../contract/results.ts';
import { exportText } from '../../text/en/export.ts';

/** How an exported file is used. */
export interface Use {
  /** Lines of Python. */
  readonly note: string;
  /** Of inputs and outputs, or of weights, with what they are. */
  readonly names: readonly (readonly string[])[];
}

const text = exportText.use;

/** @param side of the teacher's input, px; null where it is not known */
export function useOf(
  summary: DistillSummary,
  file: string,
  side: number | null,
  format: ExportFormat,
): Use {
  const { task, classes } = summary;
  if (format === 'safetensors') {
    const names = task === 'segmentation' ? text.maskWeightNames : text.weightNames;
    return { note: text.safetensors(file), names };
  }
  return task === 'segmentation'
    ? { note: text.onnxMasks(file, summary.side, classes.length), names: text.maskNames }
    : { note: text.onnx(file, side, classes.length, task), names: text.names };
}
