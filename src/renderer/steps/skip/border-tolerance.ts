import type { ProjectSettings } from '../../../contract/app.ts';
import { longestTolerance } from '../../../contract/jobs.ts';
import type { LengthUnit } from '../../../contract/jobs.ts';

interface Limits {
  readonly low: number;
  readonly high: number;
  readonly step: 1 | 'any';
}

/** px; further off a border is another one. */
const farthest = 64;

/** Whole pixels, or any length that the contract takes. */
export function toleranceLimits(unit: LengthUnit): Limits {
  return unit === 'px'
    ? { low: 0, high: farthest, step: 1 }
    : { low: 0, high: longestTolerance, step: 'any' };
}

/** The same number in another unit, as far as that can be. */
export function toleranceIn(
  unit: LengthUnit,
  tolerance: number,
): Pick<ProjectSettings, 'tolerance' | 'toleranceUnit'> {
  const inPixels = Math.min(Math.round(tolerance), farthest);
  return { tolerance: unit === 'px' ? inPixels : tolerance, toleranceUnit: unit };
}
