import { counted } from '../figures.ts';
import { printable, shortened } from '../text.ts';
import { widest } from '../world.ts';

/** A file that was left out, and why. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

const listed = 20;

/** The files that were left out, the first twenty by name; nothing where there are none. */
export function skippedList(files: readonly SkippedFile[]): string {
  if (files.length === 0) return '';
  const lines = files.slice(0, listed).map(({ path, reason }) => {
    const line = `  ${printable(path)}: ${printable(reason)}`;
    // A name that is cut cannot be found, so a long line is broken after it instead.
    if (line.length <= widest) return line;
    return `  ${printable(path)}:\n    ${shortened(printable(reason), widest - 4)}`;
  });
  const more = files.length - lines.length;
  const end = more > 0 ? [`  and ${more} more`] : [];
  return [`\n${counted(files.length, 'file')} left out:`, ...lines, ...end, ''].join('\n');
}
