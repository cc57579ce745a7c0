import type { CandidateReport, DistillSummary } from '../../contract/results.ts';
import {
  count,
  counted,
  duration,
  megabytes,
  milliseconds,
  parameters,
  percent,
  percentInterval,
  shareInterval,
} from '../figures.ts';
import type { Paint } from '../paint.ts';
import { shortened, wrap } from '../text.ts';
import { widest } from '../world.ts';
import { fileList } from './files.ts';
import { table } from './table.ts';
import { verdict } from './verdict.ts';

/** Teacher, plain copy and student side by side, what that means, and where the student is. */
export function distillReport(summary: DistillSummary, paint: Paint): string {
  return [
    '',
    paint.strong(title(summary)),
    '',
    sideBySide(summary, paint),
    '',
    ...verdict(summary).map((sentence) => wrap(sentence, widest)),
    '',
    table(facts(summary), { leftColumns: 2 }),
    '',
    fileList(summary.files, summary.parity, paint),
  ].join('\n');
}

function title({ skip, student, teacher }: DistillSummary): string {
  const blocks = `${student.blocks} of ${teacher.blocks} blocks`;
  return skip === null ? `Chosen blocks: ${blocks}` : `Skip factor ${skip}: ${blocks}`;
}

function sideBySide({ teacher, copy, student }: DistillSummary, paint: Paint): string {
  const candidates = [teacher, copy, student];
  const row = (name: string, cell: (report: CandidateReport) => string): string[] => [
    name,
    ...candidates.map(cell),
  ];
  const rows = [
    ['', 'Teacher', 'Plain copy', 'Student'],
    row('Accuracy (95 % interval)', ({ accuracy }) => percentInterval(accuracy)),
    row('Balanced accuracy', ({ balancedAccuracy }) => percentInterval(balancedAccuracy)),
    row('F1, mean of classes', ({ macroF1 }) => shareInterval(macroF1)),
    row('AUC', ({ auc }) => (auc === null ? '-' : shareInterval(auc))),
    row('Blocks', ({ blocks }) => count(blocks)),
    row('Parameters', (report) => parameters(report.parameters)),
    row('Size in float32', ({ bytes }) => megabytes(bytes)),
    row('Time an image', ({ msPerImage }) => milliseconds(msPerImage)),
    row('Speed-up', ({ msPerImage }) => `${(teacher.msPerImage / msPerImage).toFixed(2)}×`),
  ];
  return table(rows, { leftColumns: 1, header: (line) => paint.strong(line) });
}

function facts(summary: DistillSummary): string[][] {
  const { loss, images, blocks, rank, steps, targetCacheHits, seconds } = summary;
  const skipped = images.skipped.length === 0 ? '' : `, ${count(images.skipped.length)} left out`;
  return [
    [
      'Loss',
      `${loss.first.toFixed(4)} → ${loss.last.toFixed(4)} (mean difference from the teacher's last block)`,
    ],
    ['Blocks kept', shortened(blocks.join(', '), 80)],
    ['Training', `rank ${rank}, ${counted(steps, 'step')}, ${duration(seconds)} in all`],
    ['Images', `${imageCounts(images)}${skipped}`],
    ['Reused', `${percent(targetCacheHits, 0)} of the teacher's answers`],
  ];
}

function imageCounts({ distilled, labelled, tested }: DistillSummary['images']): string {
  return `${count(distilled)} to distil, ${count(labelled)} labelled for the head, ${count(tested)} to test`;
}
