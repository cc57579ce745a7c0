import { basename, dirname } from 'node:path';
import type { ParityReport } from '../../contract/results.ts';
import { count, counted, megabytes, percent } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable, wrap } from '../text.ts';
import { widest } from '../world.ts';
import { table } from './table.ts';

/** How the check of an exported model is put, by what it gives. */
const words = {
  classes: {
    explanation:
      'Each model was opened again: how far its logits are from those of the student, as a share of the largest, and how often its answer is the same.',
    agreement: (share: string, images: number) =>
      `same answer on ${share} of ${counted(images, 'image')}`,
  },
  masks: {
    explanation:
      'Each model was opened again: how far its outputs are from those of the student, as a share of the largest, and how much of its masks is the same.',
    agreement: (share: string, images: number) =>
      `same class on ${share} of pixels, ${counted(images, 'tile')}`,
  },
} as const;

/** Of a folder: a prediction writes a file an image. */
const listed = 20;

/** What a model gives. */
export type ModelOutput = keyof typeof words;

/** Where files are, by folder, with how well each exported one agrees with the live model. */
export function fileList(
  files: readonly string[],
  paint: Paint,
  parity: readonly ParityReport[] = [],
  output: ModelOutput = 'classes',
): string {
  const folders = Map.groupBy(files, dirname);
  return [...folders]
    .map(([folder, paths]) => {
      const heading = paint.strong(`Written to ${printable(folder)}`);
      const rows = paths.slice(0, listed).map((path) => fileRow(path, parity, output));
      const more = paths.length - rows.length;
      const end = more > 0 ? `\n  and ${count(more)} more` : '';
      return `${heading}\n${table(rows, { leftColumns: 1, indent: '  ' })}${end}`;
    })
    .concat(parity.length === 0 ? [] : [paint.quiet(wrap(words[output].explanation, widest, '  '))])
    .join('\n');
}

function fileRow(path: string, parity: readonly ParityReport[], output: ModelOutput): string[] {
  const name = printable(basename(path));
  const report =
    parity.find(({ file }) => file === path) ??
    parity.find(({ file }) => basename(file) === basename(path));
  if (report === undefined) return [name];
  const { relativeDifference, agreement, images } = report;
  return [
    name,
    megabytes(report.bytes),
    `off by ${relativeDifference.toExponential(1)}`,
    words[output].agreement(percent(agreement), images),
  ];
}
