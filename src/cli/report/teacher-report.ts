import type {
  InferredProperty,
  PropertySource,
  TeacherDescription,
} from '../../contract/descriptions.ts';
import { overrideOptions } from '../commands/teacher-options.ts';
import { counted, megabytes, parameters, percent } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, shortened } from '../text.ts';
import { noteItems } from './notes.ts';
import { table } from './table.ts';

/** Describes a checkpoint: its contents, the inferred properties and their certainty, and its possible students. */
export function teacherReport(teacher: TeacherDescription, paint: TextStyles): string {
  return [
    paint.strong(printable(teacher.file)),
    '',
    table(facts(teacher), { leftColumns: 2 }),
    '',
    inferredTable(teacher.inferred, paint),
    ...noteLines(teacher.notes),
    '',
    students(teacher, paint),
  ].join('\n');
}

const sources: Readonly<Record<PropertySource, string>> = {
  given: 'certain: given as an option',
  file: 'certain: stated in the file',
  config: 'certain: stated in a configuration file next to the weights',
  family: 'likely: typical of this family of models',
  guess: 'a guess: please check',
};

/** Lists properties that the weights do not determine, and their certainty. */
export function inferredTable(inferred: readonly InferredProperty[], paint: TextStyles): string {
  const rows = inferred.map(({ property, value, source }) => [
    overrideOptions[property].flags.replace(/ .*/, ''),
    typeof value === 'object' ? figures(value) : String(value),
    sources[source],
  ]);
  return table([['Property', 'Value', 'Certainty'], ...rows], {
    leftColumns: 3,
    header: (line) => paint.strong(line),
  });
}

/** Formats notes as list items below a table. */
export function noteLines(notes: readonly string[]): string[] {
  return notes.length === 0 ? [] : ['', ...noteItems(notes)];
}

function facts(teacher: TeacherDescription): string[][] {
  const { architecture: a } = teacher;
  const extras = [
    ...(a.classTokens > 0 ? [counted(a.classTokens, 'class token')] : ['no class token']),
    ...(a.registers > 0 ? [counted(a.registers, 'register')] : []),
    ...(a.layerScale ? ['layer scale'] : []),
    ...(a.preNorm ? ['norm before the first block'] : []),
    ...(a.qkvBias ? [] : ['no bias in q, k and v']),
  ];
  return [
    ['Family', teacher.title],
    [
      'Size',
      `${megabytes(teacher.bytes)} as ${teacher.storedAs.join(', ')}, in ${teacher.container}`,
    ],
    ['Parameters', parameters(teacher.parameters)],
    [
      'Input',
      `${a.imageSize} × ${a.imageSize} px, ${bandsOf(teacher)}, patches of ${a.patchSize} px`,
    ],
    [
      'Blocks',
      `${a.depth}, width ${a.width}, ${counted(a.heads, 'head')}, MLP ${a.mlpWidth}, ${a.activation}, epsilon ${a.epsilon}`,
    ],
    ['Tokens', `${extras.join(', ')}; features from the ${a.pooling.replace('-', ' ')}`],
    ['SHA-256', teacher.sha256],
  ];
}

/**
 * Returns the number of bands that the teacher was trained on: each has a mean. The architecture is already adapted to red,
 * green and blue.
 */
function bandsOf({ architecture: { channels }, inferred }: TeacherDescription): string {
  const mean = inferred.find(({ property }) => property === 'mean')?.value;
  const bands = Array.isArray(mean) ? mean.length : channels;
  return bands === channels ? counted(channels, 'channel') : `trained on ${counted(bands, 'band')}`;
}

function figures(values: readonly number[]): string {
  if (values.length === 0) return 'all';
  return shortened(values.map((value) => String(Number(value.toFixed(4)))).join(', '), 80);
}

function students(
  { students: all, parameters: whole }: TeacherDescription,
  paint: TextStyles,
): string {
  const rows = all.map(({ skip, blocks, parameters: kept }) => [
    shortened(blocks.join(', '), 48),
    String(skip),
    String(blocks.length),
    parameters(kept),
    percent(kept / whole, 0),
  ]);
  return table(
    [['Blocks kept', 'Skip factor', 'Blocks', 'Parameters', 'Share of teacher'], ...rows],
    {
      leftColumns: 1,
      header: (line) => paint.strong(line),
    },
  );
}
