import { stylesFor } from '../text-styles.ts';
import { MemoryOutput } from './memory-output.ts';

/** Paint of an output without colours. */
export const plain = stylesFor(new MemoryOutput(), {});

/** Returns the cells of the line that begins with `name`. */
export function cells(report: string, name: string): string[] | undefined {
  const line = report.split('\n').find((candidateLine) => candidateLine.trim().startsWith(name));
  return line?.trim().split(/ {2,}/);
}

export function widthOf(report: string): number {
  return Math.max(...report.split('\n').map((line) => line.length));
}
