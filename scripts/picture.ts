/**
 * Draws docs/images/demo.svg from the results of `npm run demo`: some of the sample's tiles, and teacher,
 * untrained copy and student side by side. Run the demo first.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classSummary } from '../src/contract/results.ts';
import type { CandidateReport, ClassSummary } from '../src/contract/results.ts';

const demo = process.argv[2] ?? 'understudy-demo';
const width = 880;
const panel = { top: 150, height: 214, gap: 24, left: 32 };

/** Accuracy axis: from `low` to 1, with its position in the picture. */
const axis = { low: 0.6, left: 250, right: 610, ticks: [0.6, 0.7, 0.8, 0.9, 1] } as const;

const colours = {
  canvas: '#15181c',
  line: '#2a2f36',
  text: '#e6e8eb',
  quiet: '#9aa3ad',
  accent: '#3fb6a8',
} as const;

const summaries = [2, 3].map((skip) =>
  classSummary.parse(
    JSON.parse(readFileSync(join(demo, `student-r${skip}`, 'summary.json'), 'utf8')),
  ),
);
const height = panel.top + summaries.length * (panel.height + panel.gap) - 6;
const body = [tiles(summaries[0]?.classes ?? []), ...summaries.map(comparison)].join('\n');
mkdirSync('docs/images', { recursive: true });
writeFileSync(
  'docs/images/demo.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Inter, 'Segoe UI', Helvetica, Arial, sans-serif">
<rect width="${width}" height="${height}" rx="10" fill="${colours.canvas}"/>
${body}
</svg>
`,
);
console.log('docs/images/demo.svg');

/** Returns two tiles of each class, with its name below. */
function tiles(classes: readonly string[]): string {
  const size = 64;
  const step = (width - 2 * panel.left) / classes.length;
  return classes
    .map((name, position) => {
      const x = panel.left + position * step;
      const images = [1, 2].map((number, index) => {
        const file = `${name}_${String(number).padStart(4, '0')}.png`;
        const bytes = readFileSync(join(demo, 'sample', 'land', 'test', name, file));
        return `<image x="${x + index * (size + 6)}" y="28" width="${size}" height="${size}" href="data:image/png;base64,${bytes.toString('base64')}"/>`;
      });
      return `${images.join('')}${label(x, 112, name, { size: 13 })}`;
    })
    .join('\n');
}

function at(share: number): number {
  const inside = Math.max(axis.low, share);
  return axis.left + ((inside - axis.low) / (1 - axis.low)) * (axis.right - axis.left);
}

/** Draws one run: three rows with accuracy, its interval, size and time. */
function comparison(summary: ClassSummary, index: number): string {
  const top = panel.top + index * (panel.height + panel.gap);
  const title = `Skip factor ${summary.skip ?? '–'}: ${summary.student.blocks} of ${summary.teacher.blocks} blocks`;
  const heads = [
    { x: panel.left + 96, text: 'accuracy, 95 % interval', anchor: 'start' },
    { x: 676, text: 'MB', anchor: 'end' },
    { x: 768, text: 'ms per image', anchor: 'end' },
    { x: 848, text: 'speed', anchor: 'end' },
  ] as const;
  const ticks = axis.ticks.map((share) => {
    const x = at(share);
    const line = `<line x1="${x}" x2="${x}" y1="${top + 58}" y2="${top + 190}" stroke="${colours.line}"/>`;
    const percent = `${(100 * share).toFixed(0)} %`;
    return `${line}${label(x, top + 206, percent, { size: 11, fill: colours.quiet, anchor: 'middle' })}`;
  });
  const rows = (['teacher', 'copy', 'student'] as const).map((who, row) =>
    candidate(who, summary[who], summary.teacher, top + 80 + row * 44),
  );
  return [
    `<line x1="${panel.left}" x2="${width - panel.left}" y1="${top - 8}" y2="${top - 8}" stroke="${colours.line}"/>`,
    label(panel.left, top + 22, title, { size: 15, weight: 600 }),
    ...heads.map(({ x, text, anchor }) =>
      label(x, top + 48, text, { size: 12, fill: colours.quiet, anchor }),
    ),
    ...ticks,
    ...rows,
  ].join('\n');
}

function candidate(
  who: 'teacher' | 'copy' | 'student',
  report: CandidateReport,
  teacher: CandidateReport,
  y: number,
): string {
  const { value, low, high } = report.accuracy;
  const fill = who === 'student' ? colours.accent : colours.quiet;
  const weight = who === 'student' ? 600 : 400;
  const names = { teacher: 'Teacher', copy: 'Untrained copy', student: 'Student' };
  const figures = [
    { x: 676, text: (report.bytes / 1e6).toFixed(1) },
    { x: 768, text: report.msPerImage.toFixed(2) },
    { x: 848, text: `${(teacher.msPerImage / report.msPerImage).toFixed(1)}×` },
  ];
  return [
    label(panel.left, y + 5, names[who], { size: 13, weight }),
    label(214, y + 6, `${(100 * value).toFixed(1)} %`, { size: 17, weight: 600, anchor: 'end' }),
    `<line x1="${at(low)}" x2="${at(high)}" y1="${y}" y2="${y}" stroke="${fill}" stroke-width="6" stroke-linecap="round" opacity="0.45"/>`,
    `<circle cx="${at(value)}" cy="${y}" r="6" fill="${fill}"/>`,
    ...figures.map(({ x, text }) => label(x, y + 5, text, { size: 13, weight, anchor: 'end' })),
  ].join('');
}

function label(
  x: number,
  y: number,
  text: string,
  {
    size,
    weight = 400,
    fill = colours.text,
    anchor = 'start',
  }: { size: number; weight?: number; fill?: string; anchor?: 'start' | 'middle' | 'end' },
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}">${text}</text>`;
}
