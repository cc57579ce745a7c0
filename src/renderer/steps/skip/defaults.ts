import type { Project, ProjectSettings } from '../../../contract/app.ts';
import { distillRequest } from '../../../contract/jobs.ts';
import { skipTasks } from './skip-tasks.ts';

/** Settings in the "Advanced" section. */
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

/** Settings of the sample project, which takes a minute or two; the same as in src/engine/app/projects.ts. */
const sample = { steps: 130, batch: 64, views: 12 };

/** The engine's default settings for a project. Satellite images may be turned and flipped: they have no "up". */
export function defaultSettings({
  domain,
  task,
  isSample,
}: Pick<Project, 'domain' | 'isSample' | 'task'>): AdvancedSettings {
  const { rank, views, start, decoderSteps, overlap } = distillRequest.shape;
  const { precision, tolerance, toleranceUnit } = distillRequest.shape;
  return {
    rank: rank.parse(undefined),
    ...skipTasks[task].training,
    views: views.parse(undefined),
    start: start.parse(undefined),
    orientation: domain === 'satellite' ? 'overhead' : 'upright',
    precision: precision.parse(undefined),
    imageSize: null,
    decoderSteps: decoderSteps.parse(undefined),
    // Most teachers have seen few satellite images, so learning from masks helps.
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
