import type { ExportFormat } from '../../../contract/app.ts';
import { distillOptions } from '../../../contract/jobs.ts';
import type { WrittenPreparation } from '../../../contract/jobs.ts';
import type { DistillSummary, MaskSummary } from '../../../contract/results.ts';
import { parameters, written } from '../../lib/format.ts';
import { exportText } from '../../text/en/export.ts';

/** A part of an exported file. */
export interface Part {
  readonly name: string;
  readonly what: string;
}

const text = exportText.contents;

/** Share of a tile's side; the window leaves it as it is. */
const overlap = distillOptions.shape.overlap.parse(undefined);

/** What is in a file, without its classes. */
export function contentsOf(
  summary: DistillSummary,
  preparation: WrittenPreparation,
  format: ExportFormat,
): readonly Part[] {
  const { blocks, parameters: number } = summary.student;
  const isOnnx = format !== 'safetensors';
  const values = text.values.what(preparation);
  return [
    { name: text.encoder.name, what: text.encoder.what(blocks, written(parameters(number))) },
    ...(summary.task === 'segmentation' ? outlining(summary, isOnnx) : [headOf(summary)]),
    ...(values === null ? [] : [{ name: text.values.name, what: values }]),
    {
      name: text.normalisation.name,
      what: isOnnx ? text.normalisation.what : text.normalisation.notInside,
    },
    {
      name: text.metadata.name,
      what: summary.task === 'segmentation' && isOnnx ? text.metadata.deepness : text.metadata.what,
    },
  ];
}

function headOf({
  task,
  classes,
}: Exclude<DistillSummary, { readonly task: 'segmentation' }>): Part {
  const what = task === 'single' ? text.head.what : text.head.several;
  return { name: text.head.name, what: what(classes.length) };
}

function outlining({ classes, side }: MaskSummary, isOnnx: boolean): Part[] {
  const { decoder, tiles } = text;
  return [
    {
      name: decoder.name,
      what: (isOnnx ? decoder.what : decoder.noSoftmax)(classes.length),
    },
    { name: tiles.name, what: tiles.what(side, overlap) },
  ];
}
