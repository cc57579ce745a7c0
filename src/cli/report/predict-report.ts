import type { PredictSummary } from '../../contract/results.ts';
import { count, counted, percent, significant } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, shortened, wrap } from '../text.ts';
import { widest } from '../environment.ts';
import { classList } from './class-list.ts';
import { fileList } from './files.ts';

/** Summarises predictions by class, with notes and the written files. */
export function predictReport(summary: PredictSummary, paint: TextStyles): string {
  const { images, imagesPerSecond, files } = summary;
  return [
    '',
    paint.strong(`${counted(images, 'image')} at ${significant(imagesPerSecond)} images/s`),
    '',
    summary.task === 'segmentation'
      ? foundTable(['Class', 'Pixels', 'Share of these pixels'], summary.pixels, paint)
      : foundTable(['Class', 'Images', 'Share'], summary.counts, paint, images),
    ...(summary.task === 'segmentation' ? remarks(summary) : []),
    '',
    fileList(files, paint),
  ].join('\n');
}

/** Lists classes, the most frequent first, with their share of `whole`, which is the sum of all classes by default. */
function foundTable(
  head: readonly string[],
  found: Readonly<Record<string, number>>,
  paint: TextStyles,
  whole = Object.values(found).reduce((sum, number) => sum + number, 0),
): string {
  const rows = Object.entries(found)
    .sort(([, a], [, b]) => b - a)
    .map(([name, number]) => [
      shortened(printable(name), 40),
      count(number),
      whole === 0 ? '-' : percent(number / whole),
    ]);
  return classList(head, rows, paint);
}

function remarks({ known, notes }: Extract<PredictSummary, { task: 'segmentation' }>): string[] {
  const sentences = [
    ...(known > 0
      ? [`The masks of ${counted(known, 'image')} already existed and are included here.`]
      : []),
    ...notes,
  ];
  if (sentences.length === 0) return [];
  return ['', ...sentences.map((sentence) => wrap(printable(sentence), widest))];
}
