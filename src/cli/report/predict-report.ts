import type { PredictSummary } from '../../contract/results.ts';
import { count, counted, percent, significant } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable, shortened, wrap } from '../text.ts';
import { widest } from '../world.ts';
import { classList } from './class-list.ts';
import { fileList } from './files.ts';

/** What a model found, by class, what should be known of its files, and where they are. */
export function predictReport(summary: PredictSummary, paint: Paint): string {
  const { images, imagesPerSecond, files } = summary;
  return [
    '',
    paint.strong(`${counted(images, 'image')} at ${significant(imagesPerSecond)} images/s`),
    '',
    summary.task === 'segmentation'
      ? foundTable(['Class', 'Pixels', 'Share of what was found'], summary.pixels, paint)
      : foundTable(['Class', 'Images', 'Share'], summary.counts, paint, images),
    ...(summary.task === 'segmentation' ? remarks(summary) : []),
    '',
    fileList(files, paint),
  ].join('\n');
}

/** The most frequent class first; a share of `whole`, or of all classes together. */
function foundTable(
  head: readonly string[],
  found: Readonly<Record<string, number>>,
  paint: Paint,
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
      ? [`The masks of ${counted(known, 'image')} were there already and count here too.`]
      : []),
    ...notes,
  ];
  if (sentences.length === 0) return [];
  return ['', ...sentences.map((sentence) => wrap(printable(sentence), widest))];
}
