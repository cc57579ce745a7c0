import { text } from '../text/index.ts';
import type { ShownBands } from './display-range.ts';

/** Text of range and bands for the middle of a sentence. */
export function shownText(shown: ShownBands, hasBands: boolean): string {
  const words = text.viewer.ranges;
  return `${rangeTextOf(shown)}${hasBands ? words.bands(shown.bands) : ''}`;
}

function rangeTextOf({ range }: ShownBands): string {
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
