import type { SkippedImage } from '../../contract/results.ts';
import { counted } from '../figures.ts';
import { listOf, printable, wrap } from '../text.ts';
import { widest } from '../environment.ts';

const listed = 20;
/** Largest number of shown characters of a reason. Reasons end with what to do, so typical ones are shown whole. */
const longestReason = 1000;
/** Suffix of a slice's name after its file's name: `scan.dcm#12`. */
const sliceSuffix = /#\d+$/;

/**
 * Lists files and folders that were left out, each with its reason: the first twenty, and the number of others. Slices of
 * a file that have the same reason share an entry. Empty if nothing was left out.
 */
export function skippedList(files: readonly SkippedImage[]): string {
  if (files.length === 0) return '';
  const entries = withSlicesTogether(files);
  const shown = entries.slice(0, listed);
  const rest = entries.slice(listed).reduce((sum, { slices }) => sum + Math.max(1, slices), 0);
  const end = rest > 0 ? [`  and ${rest} more; --json lists all`] : [];
  const title = `\n${countOf(files)} left out:`;
  return [title, ...shown.map(written), ...end, ''].join('\n');
}

interface Entry extends SkippedImage {
  /** Number of slices of the file; 0: the file as a whole. */
  readonly slices: number;
}

function withSlicesTogether(files: readonly SkippedImage[]): Entry[] {
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

/** Removes the path from the start of a reason, because the list shows it already. */
function withoutPath(reason: string, path: string): string {
  return reason.startsWith(`${path} `) ? reason.slice(path.length + 1) : reason;
}

/** `3 files`, `31 images`, `2 files and 1 folder`. */
function countOf(skipped: readonly SkippedImage[]): string {
  const files = skipped.filter(({ isFolder }) => isFolder !== true);
  const folders = skipped.length - files.length;
  const noun = files.some(({ path }) => sliceSuffix.test(path)) ? 'image' : 'file';
  const parts = [
    ...(files.length === 0 ? [] : [counted(files.length, noun)]),
    ...(folders === 0 ? [] : [counted(folders, 'folder')]),
  ];
  return listOf(parts, 'and');
}

function written({ path, reason, slices }: Entry): string {
  const name = `${printable(path)}${slices > 1 ? `, ${counted(slices, 'slice')}` : ''}`;
  const isLong = reason.length > longestReason;
  const why = printable(isLong ? `${reason.slice(0, longestReason)}…` : reason);
  const line = `  ${name}: ${why}`;
  // A shortened path could not be found, so a long line is broken after the path instead.
  if (line.length <= widest) return line;
  return `  ${name}:\n${wrap(why, widest, '    ')}`;
}
