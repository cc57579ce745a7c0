import type { ImportSummary } from '../../contract/import-job.ts';
import type { RekeyReport } from '../../contract/patients.ts';
import { count, counted, percent } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable } from '../text.ts';
import { table } from './table.ts';

/** Summarises an import. */
export function importReport(summary: ImportSummary, paint: TextStyles): string {
  const { rekeyed, project, added, known, copies, moved, masks, likelyMasks, otherFiles, skipped } =
    summary;
  const elsewhere = moved === 0 ? '' : `, ${count(moved)} of them moved`;
  const rows = [
    ['Project', `${printable(project.name)}${project.isNew ? ', new' : ''}`],
    ['Workspace', printable(summary.workspace)],
    ...(rekeyed === null ? [] : [['Patients read again', rekeyedWords(rekeyed)]]),
    ['Added', counted(added, 'image')],
    ['Already imported', `${counted(known - copies, 'image')}${elsewhere}`],
    ...(copies === 0
      ? []
      : [['Copies', `${counted(copies, 'image')} with the same content as another file, ignored`]]),
    ...(masks === 0 ? [] : [['With masks', counted(masks, 'image')]]),
    ...(likelyMasks === 0
      ? []
      : [
          [
            'Look like masks',
            `${counted(likelyMasks, 'image')}; to import them as masks, use --task segmentation --masks found`,
          ],
        ]),
    ['Left out', skipped.length === 0 ? 'nothing' : count(skipped.length)],
    ...(otherFiles === 0 ? [] : [['Not images', counted(otherFiles, 'file')]]),
  ];
  return [
    paint.strong(`Imported ${printable(summary.folder)}`),
    '',
    table(rows, { leftColumns: 2 }),
    ...(rekeyed?.gone ?? []).map((path) => `File missing or changed: ${printable(path)}`),
    ...(summary.maskValues.length === 0 ? [] : ['', valueTable(summary.maskValues, paint)]),
  ].join('\n');
}

function rekeyedWords({ images, groups, gone }: RekeyReport): string {
  const missing = gone.length === 0 ? '' : `; ${count(gone.length)} missing or changed`;
  return `${counted(images, 'image')} in ${counted(groups, 'group')}${missing}`;
}

/** Lists the use of every value in the mask files. */
function valueTable(values: ImportSummary['maskValues'], paint: TextStyles): string {
  const rows = values.map(({ value, share, becomes }) => [
    printable(value),
    printable(becomes),
    share > 0 && share < 0.0005 ? '< 0.1 %' : percent(share),
  ]);
  const head = ['Value in the masks', 'Becomes', 'Share of pixels'];
  return table([head, ...rows], { leftColumns: 2, header: (text) => paint.strong(text) });
}
