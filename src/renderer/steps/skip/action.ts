import type { ProjectSettings } from '../../../contract/app.ts';
import { roughDuration } from '../../lib/format.ts';
import { skipText } from '../../text/en/skip.ts';
import type { Stop } from './stops.ts';

const timed = [
  ...(['steps', 'batch', 'rank', 'views', 'start', 'imageSize', 'device', 'precision'] as const),
  ...(['decoderSteps', 'adapt', 'overlap'] as const),
];

/** Whether a change of settings makes a run longer or shorter. */
export function bearsOnTime(change: Partial<ProjectSettings>): boolean {
  return timed.some((setting) => change[setting] !== undefined);
}

/** What a run would make, and how long it takes; a time of other settings, while it is estimated anew, is none. */
export function actionText(
  { blocks, seconds }: Pick<Stop, 'blocks' | 'seconds'>,
  depth: number,
  isMeasuring: boolean,
): string {
  const what = skipText.distil(blocks.length, depth);
  return seconds === null || isMeasuring ? what : `${what}, ${roughDuration(seconds)}`;
}
