import type { PredictSummary } from '../../contract/results.ts';
import { count, counted, percent, significant } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable, shortened } from '../text.ts';
import { fileList } from './files.ts';
import { table } from './table.ts';

const classesListed = 50;

/** How many images of each class a model found, and where the predictions are. */
export function predictReport(summary: PredictSummary, paint: Paint): string {
  const { images, imagesPerSecond, files } = summary;
  const counts = Object.entries(summary.counts).sort(([, a], [, b]) => b - a);
  const rows = counts
    .slice(0, classesListed)
    .map(([name, number]) => [
      shortened(printable(name), 40),
      count(number),
      images === 0 ? '-' : percent(number / images),
    ]);
  const more = counts.length - rows.length;
  return [
    '',
    paint.strong(`${counted(images, 'image')} at ${significant(imagesPerSecond)} images/s`),
    '',
    table([['Class', 'Images', 'Share'], ...rows], {
      leftColumns: 1,
      header: (line) => paint.strong(line),
    }),
    ...(more > 0 ? [`and ${counted(more, 'more class', 'more classes')}`] : []),
    '',
    fileList(files, [], paint),
  ].join('\n');
}
