import type { ExportFormat } from '../../../contract/app.ts';
import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { DistillSummary } from '../../../contract/results.ts';
import { channelsOf, preparationOf } from '../../../core/image/preparation.ts';
import { exportText } from '../../text/en/steps/export.ts';
import { exportTaskOf } from './export-tasks.ts';
import type { Usage } from './export-tasks.ts';

/** A file that a student is exported to. */
export interface ExportedFile {
  readonly file: string;
  /** Side of the teacher's input, px; null if unknown. */
  readonly side: number | null;
  /** Image preparation of the student's input. */
  readonly preparation: WrittenPreparation;
  readonly format: ExportFormat;
}

export function usageOf(
  summary: DistillSummary,
  { file, side, preparation, format }: ExportedFile,
): Usage {
  const task = exportTaskOf(summary.task);
  if (format === 'safetensors') {
    return { note: exportText.use.safetensors(file), names: task.weightNames };
  }
  const channels = channelsOf(preparationOf(preparation));
  return task.onnxUsage(summary, { file, channels, preparation, side });
}
