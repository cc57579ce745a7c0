import type { ExportFormat, ExportedModel, Run } from '../../../contract/app.ts';
import { hasCopy, useOf } from '../../../contract/judgement.ts';
import type { DistillSummary, ParityReport } from '../../../contract/results.ts';

/** A file format for the student. */
export interface FormatChoice {
  readonly format: ExportFormat;
  readonly bytes: number;
  /** True if the size is estimated, not measured. */
  readonly isEstimate: boolean;
  readonly parity: ParityReport | null;
}

const endings: Record<ExportFormat, string> = {
  float32: '.onnx',
  float16: '.fp16.onnx',
  int8: '.int8.onnx',
  safetensors: '.safetensors',
};

/** Bytes per weight. */
const weightBytes: Record<ExportFormat, number> = {
  float32: 4,
  float16: 2,
  int8: 1,
  safetensors: 4,
};

/** Parity report of a format among the files that the engine wrote; null if there is none. */
function reportOf(summary: DistillSummary, format: ExportFormat): ParityReport | null {
  if (format === 'safetensors') return null;
  return summary.parity.find(({ file }) => formatOf(file) === format) ?? null;
}

function formatOf(file: string): ExportFormat | undefined {
  const formats = ['float16', 'int8', 'float32', 'safetensors'] as const;
  return formats.find((format) => file.endsWith(endings[format]));
}

export function formatChoices(summary: DistillSummary): readonly FormatChoice[] {
  const formats: readonly ExportFormat[] = ['float32', 'float16', 'int8', 'safetensors'];
  return formats.map((format) => {
    const parity = reportOf(summary, format);
    const estimate = (summary.student.bytes / 4) * weightBytes[format];
    return { format, bytes: parity?.bytes ?? estimate, isEstimate: parity === null, parity };
  });
}

/** Model that is saved by default: the untrained copy if it is recommended. */
export function defaultModel(summary: DistillSummary): ExportedModel {
  return hasCopy(summary) && useOf(summary)?.recommended === 'copy' ? 'copy' : 'student';
}

/** Share of equal predictions below which a file's card shows a warning. */
const goodAgreement = 0.985;

export function isGood({ parity }: FormatChoice): boolean {
  return parity === null || parity.agreement >= goodAgreement;
}

/** A file name that all systems allow: `tiles-2026-student-6-of-12.onnx`. */
export function fileName(
  project: string,
  { summary, teacherBlocks }: Run,
  format: ExportFormat,
  model: ExportedModel = 'student',
): string {
  const plain = project
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const blocks = summary ? `-${summary.student.blocks}-of-${teacherBlocks}` : '';
  return `${plain === '' ? '' : `${plain}-`}${model}${blocks}${endings[format]}`;
}

/** Name and folder of a Windows or POSIX path. */
export function splitPath(path: string): { name: string; folder: string } {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return { name: path.slice(cut + 1), folder: path.slice(0, Math.max(cut, 0)) };
}
