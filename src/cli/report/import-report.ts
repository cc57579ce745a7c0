import type { ImportSummary } from '../../contract/import-job.ts';
import type { RekeyReport } from '../../contract/patients.ts';
import { count, counted } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable } from '../text.ts';
import { table } from './table.ts';

/** What an import brought in. */
export function importReport(summary: ImportSummary, paint: Paint): string {
  const { rekeyed, project, added, known, moved, masks, otherFiles, skipped } = summary;
  const elsewhere = moved === 0 ? '' : `, ${count(moved)} of them found in another place`;
  const rows = [
    ['Project', `${printable(project.name)}${project.isNew ? ', new' : ''}`],
    ['Workspace', printable(summary.workspace)],
    ...(rekeyed === null ? [] : [['Patients read again', rekeyedWords(rekeyed)]]),
    ['Added', counted(added, 'image')],
    ['There before', `${counted(known, 'image')}${elsewhere}`],
    ...(masks === 0 ? [] : [['With masks', counted(masks, 'image')]]),
    ['Left out', skipped.length === 0 ? 'nothing' : count(skipped.length)],
    ...(otherFiles === 0 ? [] : [['Other files', count(otherFiles)]]),
  ];
  return [
    paint.strong(`Imported ${printable(summary.folder)}`),
    '',
    table(rows, { leftColumns: 2 }),
    ...(rekeyed?.gone ?? []).map((path) => `Its file is gone or was changed: ${printable(path)}`),
  ].join('\n');
}

function rekeyedWords({ images, groups, gone }: RekeyReport): string {
  const missing = gone.length === 0 ? '' : `; files of ${count(gone.length)} are gone`;
  return `${counted(images, 'image')} in ${counted(groups, 'group')}${missing}`;
}
