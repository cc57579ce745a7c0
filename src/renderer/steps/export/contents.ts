import type { ExportFormat } from '../../../contract/app.ts';
import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { DistillSummary } from '../../../contract/results.ts';
import { parameters, written } from '../../lib/format.ts';
import { exportText } from '../../text/en/steps/export.ts';
import { exportTaskOf } from './export-tasks.ts';
import type { ExportPart } from './export-tasks.ts';

const text = exportText.contents;

/**
 * The parts of an exported file, without its classes.
 *
 * @param isMap true if map software can process the images
 */
export function contentsOf(
  summary: DistillSummary,
  preparation: WrittenPreparation,
  format: ExportFormat,
  isMap = false,
): readonly ExportPart[] {
  const { blocks, parameters: number } = summary.student;
  const isOnnx = format !== 'safetensors';
  const values = text.values.what(preparation);
  const task = exportTaskOf(summary.task);
  return [
    { name: text.encoder.name, what: text.encoder.what(blocks, written(parameters(number))) },
    ...task.headParts(summary, isOnnx),
    ...(values === null ? [] : [{ name: text.values.name, what: values }]),
    {
      name: text.normalisation.name,
      what: isOnnx ? text.normalisation.what : text.normalisation.notInside,
    },
    {
      name: text.metadata.name,
      what: isMap && isOnnx && task.runsInMaps ? text.metadata.deepness : text.metadata.what,
    },
  ];
}
