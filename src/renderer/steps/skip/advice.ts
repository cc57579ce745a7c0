import type { ProjectSettings, Teacher } from '../../../contract/app.ts';
import { roughDuration } from '../../lib/format.ts';
import { skipText as text } from '../../text/en/steps/skip.ts';
import type { AdvancedSettings } from './defaults.ts';
import { keptShare, type Stop } from './stops.ts';

/** Advice on a student before it is distilled. */
export interface Advice {
  readonly sentence: string;
  /** Sentences on settings that are unlikely to work well. */
  readonly warnings: readonly string[];
}

/** Share of the default number of training images (steps × batch) below which a student hardly learns. */
const hopelessShare = 0.1;
/** Number of views over all images below which there is little to learn from. */
const fewViews = 300;
/** Run time above which a warning explains what makes the run longRun, s. */
const longRun = 2 * 3600;

/**
 * Advice on a student, with warnings about its settings.
 *
 * @param usual default settings
 * @param images number of images in the project
 */
export function adviceFor(
  stop: Pick<Stop, 'blocks' | 'seconds'>,
  { depth, imageSize }: Pick<Teacher, 'depth' | 'imageSize'>,
  settings: Pick<ProjectSettings, 'steps' | 'batch' | 'views' | 'imageSize'>,
  usual: Pick<AdvancedSettings, 'steps' | 'batch' | 'views'>,
  images: number,
): Advice {
  const { steps, batch, views } = settings;
  const share = keptShare(stop.blocks.length, depth);
  const warnings = [
    ...(steps * batch < hopelessShare * usual.steps * usual.batch
      ? [text.hopeless(steps, batch, usual.steps, usual.batch)]
      : []),
    ...(views < usual.views && images > 0 && images * views < fewViews
      ? [text.fewViews(views, images)]
      : []),
    ...(stop.seconds !== null && stop.seconds > longRun
      ? [text.long(steps, batch, settings.imageSize ?? imageSize, roughDuration(stop.seconds))]
      : []),
  ];
  const isGood = share === 'many' && warnings.length === 0;
  return { sentence: `${text.advice[share]}${isGood ? ` ${text.goodChoice}` : ''}`, warnings };
}
