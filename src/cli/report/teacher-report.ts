import type { TeacherDescription } from '../../contract/descriptions.ts';
import { counted, megabytes, parameters, percent } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable, shortened, wrap } from '../text.ts';
import { widest } from '../world.ts';
import { table } from './table.ts';

/** What a checkpoint holds, what was taken for granted, and which students it could teach. */
export function teacherReport(teacher: TeacherDescription, paint: Paint): string {
  const assumed = teacher.assumed.map(
    (text) => `  - ${wrap(printable(text), widest - 4).replaceAll('\n', '\n    ')}`,
  );
  return [
    paint.strong(printable(teacher.file)),
    '',
    table(facts(teacher), { leftColumns: 2 }),
    '',
    ...(assumed.length === 0
      ? []
      : [paint.attention('The file does not say, so this was assumed:'), ...assumed, '']),
    students(teacher, paint),
  ].join('\n');
}

function facts(teacher: TeacherDescription): string[][] {
  const { architecture: a, normalization } = teacher;
  const extras = [
    ...(a.classTokens > 0 ? [counted(a.classTokens, 'class token')] : ['no class token']),
    ...(a.registers > 0 ? [counted(a.registers, 'register')] : []),
    ...(a.layerScale ? ['layer scale'] : []),
    ...(a.preNorm ? ['norm before the first block'] : []),
    ...(a.qkvBias ? [] : ['no bias in q, k and v']),
  ];
  return [
    [
      'Size',
      `${megabytes(teacher.bytes)} as ${teacher.storedAs.join(', ')}, ${teacher.convention} naming`,
    ],
    ['Parameters', parameters(teacher.parameters)],
    [
      'Image',
      `${a.imageSize} × ${a.imageSize} px, ${counted(a.channels, 'channel')}, patches of ${a.patchSize} px`,
    ],
    [
      'Blocks',
      `${a.depth}, width ${a.width}, ${counted(a.heads, 'head')}, MLP ${a.mlpWidth}, ${a.activation}, epsilon ${a.epsilon}`,
    ],
    ['Tokens', `${extras.join(', ')}; features from the ${a.pooling.replace('-', ' ')}`],
    ['Mean', figures(normalization.mean)],
    ['Deviation', figures(normalization.deviation)],
    ['SHA-256', teacher.sha256],
  ];
}

function figures(values: readonly number[]): string {
  return shortened(values.map((value) => String(Number(value.toFixed(4)))).join(', '), 80);
}

function students({ students: all, parameters: whole }: TeacherDescription, paint: Paint): string {
  const rows = all.map(({ skip, blocks, parameters: kept }) => [
    shortened(blocks.join(', '), 48),
    String(skip),
    String(blocks.length),
    parameters(kept),
    percent(kept / whole, 0),
  ]);
  return table([['Blocks kept', 'Skip factor', 'Blocks', 'Parameters', 'Of teacher'], ...rows], {
    leftColumns: 1,
    header: (line) => paint.strong(line),
  });
}
