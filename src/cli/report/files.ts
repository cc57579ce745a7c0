import { basename, dirname } from 'node:path';
import type { ParityReport } from '../../contract/results.ts';
import { count, counted, megabytes, percent } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable } from '../text.ts';
import { table } from './table.ts';

/** How the check of an exported model is put, by what it gives. */
const words = {
  classes: {
    explanation:
      '  Each model was opened again and its logits and answers compared with those of the student.',
    agreement: (share: string, images: number) =>
      `same answer on ${share} of ${counted(images, 'image')}`,
  },
  masks: {
    explanation: '  Each model was opened again and its masks compared with those of the student.',
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
    .concat(parity.length === 0 ? [] : [paint.quiet(words[output].explanation)])
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
    `differs by ${relativeDifference.toExponential(1)}`,
    words[output].agreement(percent(agreement), images),
  ];
}
