import type { Teacher } from '../../contract/app.ts';
import type { TeacherImportSummary, TeacherList } from '../../contract/teacher-job.ts';
import { counted, megabytes, parameters } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable } from '../text.ts';
import { inferredTable, noteLines } from './teacher-report.ts';
import { table } from './table.ts';

/** Reports an imported teacher. */
export function teacherImportReport(
  { workspace, teacher, isNew }: TeacherImportSummary,
  paint: TextStyles,
): string {
  const name = printable(teacher.name);
  const what = isNew
    ? `Imported ${name}`
    : teacher.isBundled
      ? `This is the bundled teacher, which every workspace has: ${name}`
      : `Updated ${name}, which was already in the workspace`;
  return [
    paint.strong(what),
    '',
    table([['Workspace', printable(workspace)], ...facts(teacher)], { leftColumns: 2 }),
    '',
    inferredTable(teacher.inferred, paint),
    ...noteLines(teacher.notes),
  ].join('\n');
}

/** Lists the teachers of a workspace. */
export function teacherListReport(
  { workspace, teachers, gone }: TeacherList,
  paint: TextStyles,
): string {
  const lost = teachers
    .filter(({ id }) => gone.includes(id))
    .map(
      ({ name, file }) =>
        `The file of ${name} is missing: ${file}. Put it back, or import it again.`,
    );
  const rows = teachers.map((teacher) => [
    `${printable(teacher.name)}${teacher.isBundled ? ' (comes with Understudy)' : ''}`,
    parameters(teacher.parameters),
    `${teacher.imageSize} px`,
    counted(teacher.depth, 'block'),
    unsure(teacher),
  ]);
  return [
    paint.strong(printable(workspace)),
    '',
    rows.length === 0
      ? 'No teachers yet.'
      : table([['Teacher', 'Parameters', 'Input', 'Depth', 'Guessed properties'], ...rows], {
          leftColumns: 1,
          header: (line) => paint.strong(line),
        }),
    ...noteLines(lost),
  ].join('\n');
}

function facts({
  file,
  bytes,
  parameters: all,
  imageSize,
  patchSize,
  ...rest
}: Teacher): string[][] {
  return [
    ['File', `${printable(file)}, ${megabytes(bytes)}`],
    ['Parameters', parameters(all)],
    ['Input', `${imageSize} × ${imageSize} px, patches of ${patchSize} px`],
    ['Blocks', `${rest.depth}, width ${rest.width}`],
  ];
}

/** Lists properties whose values are guesses. */
function unsure({ inferred }: Teacher): string {
  const guessed = inferred.filter(({ source }) => source === 'guess');
  return guessed.map(({ property }) => property).join(', ') || 'none';
}
