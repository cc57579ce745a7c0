import { counted } from '../figures.ts';
import { printable, wrap } from '../text.ts';
import { widest } from '../world.ts';

/** A file that was left out, and why. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

const listed = 20;
/** Characters of a reason that are shown. What to do stands at the end of a reason, so that usual ones are shown whole. */
const longestReason = 1000;
/** Slices of a file are called after it: `scan.dcm#12`. */
const sliceSuffix = /#\d+$/;

/**
 * The files that were left out, each with its reason, the first twenty by name; nothing where there are none. Slices of
 * a file that have one reason stand together.
 */
export function skippedList(files: readonly SkippedFile[]): string {
  if (files.length === 0) return '';
  const entries = withSlicesTogether(files);
  const shown = entries.slice(0, listed);
  const rest = entries.slice(listed).reduce((sum, { slices }) => sum + Math.max(1, slices), 0);
  const end = rest > 0 ? [`  and ${rest} more, which --json lists`] : [];
  const title = `\n${counted(files.length, nounOf(files))} left out:`;
  return [title, ...shown.map(written), ...end, ''].join('\n');
}

interface Entry extends SkippedFile {
  /** How many slices of the file it is of; 0: the file. */
  readonly slices: number;
}

function withSlicesTogether(files: readonly SkippedFile[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const { path, reason } of files) {
    const file = path.replace(sliceSuffix, '');
    const why = withoutPath(withoutPath(reason, path), file);
    const key = JSON.stringify([file, why]);
    const before = entries.get(key)?.slices ?? 0;
    if (file === path) entries.set(path, { path, reason: why, slices: 0 });
    else if (before === 0) entries.set(key, { path, reason: why, slices: 1 });
    else entries.set(key, { path: file, reason: why, slices: before + 1 });
  }
  return [...entries.values()];
}

/** Reasons often begin with the file, which stands before them already. */
function withoutPath(reason: string, path: string): string {
  return reason.startsWith(`${path} `) ? reason.slice(path.length + 1) : reason;
}

function nounOf(files: readonly SkippedFile[]): string {
  return files.some(({ path }) => sliceSuffix.test(path)) ? 'image' : 'file';
}

function written({ path, reason, slices }: Entry): string {
  const name = `${printable(path)}${slices > 1 ? `, ${counted(slices, 'slice')}` : ''}`;
  const isLong = reason.length > longestReason;
  const why = printable(isLong ? `${reason.slice(0, longestReason)}…` : reason);
  const line = `  ${name}: ${why}`;
  // A name that is cut cannot be found, so a long line is broken after it instead.
  if (line.length <= widest) return line;
  return `  ${name}:\n${wrap(why, widest, '    ')}`;
}
