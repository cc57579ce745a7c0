import type { ProjectSettings } from '../../../contract/app.ts';
import { roughDuration } from '../../lib/format.ts';
import { skipText } from '../../text/en/steps/skip.ts';
import type { Stop } from './stops.ts';

/** Settings that change how long a run takes. */
const timed = [
  'steps',
  'batch',
  'rank',
  'views',
  'start',
  'imageSize',
  'device',
  'precision',
  'decoderSteps',
  'adapt',
  'overlap',
] as const;

/** True if a change of settings makes a run longer or shorter. */
export function affectsTime(change: Partial<ProjectSettings>): boolean {
  return timed.some((setting) => change[setting] !== undefined);
}

/**
 * Label of the button that starts a run: kept blocks and run time.
 *
 * @param isMeasuring true while the time is estimated again for changed settings: the label then leaves it out
 */
export function actionText(
  { blocks, seconds }: Pick<Stop, 'blocks' | 'seconds'>,
  depth: number,
  isMeasuring: boolean,
): string {
  const what = skipText.distil(blocks.length, depth);
  return seconds === null || isMeasuring ? what : `${what}, ${roughDuration(seconds)}`;
}
