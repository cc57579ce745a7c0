import type { DistillSummary, MaskSummary, RecipeReport } from '../../contract/results.ts';
import { count, counted, duration, percent } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, shortened, wrap } from '../text.ts';
import { widest } from '../environment.ts';
import { fileList } from './files.ts';
import { sideBySide } from './side-by-side.ts';
import { table } from './table.ts';
import { verdict } from './verdict.ts';

/** Number of test images listed by name. */
const worstListed = 5;

/** Reports teacher, untrained copy and student side by side, a verdict, and the files of the student. */
export function distillReport(summary: DistillSummary, paint: TextStyles): string {
  const isMasks = summary.task === 'segmentation';
  return [
    '',
    paint.strong(title(summary)),
    '',
    sideBySide(summary, paint),
    '',
    ...verdict(summary).map((sentence) => wrap(sentence, widest)),
    '',
    ...(isMasks ? worstImages(summary, paint) : []),
    table(facts(summary), { leftColumns: 2 }),
    '',
    fileList(summary.files, paint, summary.parity, isMasks ? 'masks' : 'classes'),
  ].join('\n');
}

function title({ skip, student, teacher, task }: DistillSummary): string {
  const what = task === 'segmentation' ? ', for segmentation' : '';
  const blocks = `${student.blocks} of ${teacher.blocks} blocks${what}`;
  return skip === null ? `Chosen blocks: ${blocks}` : `Skip factor ${skip}: ${blocks}`;
}

/** Lists the test images with the lowest Dice. The path is the last column, so that it need not be cut. */
function worstImages({ perImage }: MaskSummary, paint: TextStyles): string[] {
  const measured = perImage.filter(({ student }) => student !== null).slice(0, worstListed);
  if (measured.length === 0) return [];
  const figure = (value: number | null): string => value?.toFixed(3) ?? '-';
  const rows = measured.map(({ path, teacher, copy, student }) => [
    ...[student, copy, teacher].map(figure),
    printable(path),
  ]);
  const head = ['Student', 'Untrained copy', 'Teacher', 'Dice of the worst test images'];
  const header = (line: string): string => paint.strong(line);
  return [table([head, ...rows], { leftColumns: 4, header }), ''];
}

function facts(summary: DistillSummary): string[][] {
  const { loss, images, blocks, targetCacheHits } = summary;
  const skipped = images.skipped.length === 0 ? '' : `, ${count(images.skipped.length)} left out`;
  return [
    [
      'Loss',
      `${loss.first.toFixed(4)} → ${loss.last.toFixed(4)} (untrained copy → student; difference from the teacher's features)`,
    ],
    ['Blocks kept', shortened(blocks.join(', '), 80)],
    ['Training', training(summary)],
    ['Images', `${imageCounts(summary)}${skipped}`],
    ...(summary.task === 'segmentation' ? [['Tiles', `${summary.side} × ${summary.side} px`]] : []),
    [
      'Reused',
      `${percent(targetCacheHits, 0)} of the teacher's outputs, computed in an earlier step`,
    ],
  ];
}

function training(summary: DistillSummary): string {
  const parts = [`rank ${summary.rank}`, counted(summary.steps, 'step')];
  if (summary.task === 'segmentation') {
    const learning = summary.adapted ? ' and the adapters' : '';
    parts.push(`${count(summary.decoderSteps)} for each decoder${learning}`);
  }
  if (summary.recipe) parts.push(keptOf(summary.recipe, summary.steps));
  return [...parts, `${duration(summary.seconds)} in total`].join(', ');
}

/** Describes the start of training, and the training step that the student is from. */
function keptOf({ start, kept, rateFalls }: RecipeReport, steps: number): string {
  const begun = `from the ${start === 'fitted' ? 'fitted' : 'untrained'} copy`;
  const fell = rateFalls === 0 ? '' : `, learning rate lowered ${counted(rateFalls, 'time')}`;
  if (kept === steps) return `${begun}${fell}`;
  const what =
    typeof kept === 'number'
      ? `step ${kept}`
      : kept === 'copy'
        ? 'the untrained copy'
        : 'the state before training';
  return `${begun}${fell}, best state kept: ${what}`;
}

function imageCounts(summary: DistillSummary): string {
  const { distilled, labelled, tested } = summary.images;
  const learnt =
    summary.task === 'segmentation' ? 'with masks for the decoders' : 'labelled for the head';
  return `${count(distilled)} to distil, ${count(labelled)} ${learnt}, ${count(tested)} to test`;
}
