import { text } from '../text/index.ts';
import type { Shown } from './display-range.ts';

/** What is shown, said in the middle of a sentence. */
export function saidShown(shown: Shown, hasBands: boolean): string {
  const words = text.viewer.ranges;
  return `${saidRange(shown)}${hasBands ? words.bands(shown.bands) : ''}`;
}

function saidRange({ range }: Shown): string {
  const words = text.viewer.ranges;
  switch (range.kind) {
    case 'window':
    case 'exact-window':
      return words.window(range.center, range.width);
    case 'percentile':
      return words.percentile(range.low, range.high);
    case 'stored':
    case 'file':
    case 'full':
      return words[range.kind];
  }
}
