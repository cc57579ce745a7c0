import { basename, dirname } from 'node:path';
import type { ParityReport } from '../../contract/results.ts';
import { count, counted, megabytes, percent } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, wrap } from '../text.ts';
import { widest } from '../environment.ts';
import { table } from './table.ts';

/** Texts about the check of exported models, by kind of output. */
const words = {
  classes: {
    explanation:
      'Each exported file was checked against the trained student: largest difference of the logits, relative to the largest logit, and share of images with the same prediction.',
    agreement: (share: string, images: number) =>
      `same prediction on ${share} of ${counted(images, 'image')}`,
  },
  masks: {
    explanation:
      'Each exported file was checked against the trained student: largest difference of the outputs, relative to the largest output, and share of pixels with the same class.',
    agreement: (share: string, images: number) =>
      `same class on ${share} of pixels, ${counted(images, 'tile')}`,
  },
} as const;

/** Number of listed files per folder: a prediction writes one file per image. */
const listed = 20;

/** Kind of output of a model. */
export type ModelOutput = keyof typeof words;

/** Lists files by folder, each exported model with its agreement with the trained student. */
export function fileList(
  files: readonly string[],
  paint: TextStyles,
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
