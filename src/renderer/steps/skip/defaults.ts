import type { Project, ProjectSettings } from '../../../contract/app.ts';
import { distillRequest, usualTraining } from '../../../contract/jobs.ts';

/** What stands behind "Advanced". */
export type AdvancedSettings = Pick<
  ProjectSettings,
  | 'rank'
  | 'steps'
  | 'batch'
  | 'views'
  | 'start'
  | 'orientation'
  | 'precision'
  | 'imageSize'
  | 'decoderSteps'
  | 'adapt'
  | 'overlap'
  | 'tolerance'
  | 'toleranceUnit'
>;

/** The sample is there to see the whole path: a minute or two. As in src/engine/services/projects.ts. */
const sample = { steps: 130, batch: 64, views: 12 };

/** As the engine has them where nobody chooses. Seen from above, images have no up. */
export function defaultSettings({
  domain,
  task,
  isSample,
}: Pick<Project, 'domain' | 'isSample' | 'task'>): AdvancedSettings {
  const { rank, views, start, decoderSteps, overlap } = distillRequest.shape;
  const { precision, tolerance, toleranceUnit } = distillRequest.shape;
  return {
    rank: rank.parse(undefined),
    ...usualTraining[task === 'segmentation' ? 'segmentation' : 'classification'],
    views: views.parse(undefined),
    start: start.parse(undefined),
    orientation: domain === 'satellite' ? 'overhead' : 'upright',
    precision: precision.parse(undefined),
    imageSize: null,
    decoderSteps: decoderSteps.parse(undefined),
    // What the teacher knows is far from the look of the earth from above.
    adapt: domain === 'satellite',
    overlap: overlap.parse(undefined),
    tolerance: tolerance.parse(undefined),
    toleranceUnit: toleranceUnit.parse(undefined),
    ...(isSample ? sample : {}),
  };
}

export function isDefault(settings: AdvancedSettings, defaults: AdvancedSettings): boolean {
  return (Object.keys(defaults) as (keyof AdvancedSettings)[]).every(
    (key) => settings[key] === defaults[key],
  );
}
