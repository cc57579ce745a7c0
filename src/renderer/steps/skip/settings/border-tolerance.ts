import type { ProjectSettings } from '../../../../contract/app.ts';
import { longestTolerance } from '../../../../contract/jobs.ts';
import type { LengthUnit } from '../../../../contract/jobs.ts';

interface Limits {
  readonly low: number;
  readonly high: number;
  readonly step: 1 | 'any';
}

/** Largest tolerance, px: a predicted border further away is a different border. */
const largestTolerance = 64;

/** Limits of the tolerance: whole pixels, or any length that the contract allows. */
export function toleranceLimits(unit: LengthUnit): Limits {
  return unit === 'px'
    ? { low: 0, high: largestTolerance, step: 1 }
    : { low: 0, high: longestTolerance, step: 'any' };
}

/** Settings with the same number in another unit, rounded and limited where that unit requires it. */
export function settingsInUnit(
  unit: LengthUnit,
  tolerance: number,
): Pick<ProjectSettings, 'tolerance' | 'toleranceUnit'> {
  const inPixels = Math.min(Math.round(tolerance), largestTolerance);
  return { tolerance: unit === 'px' ? inPixels : tolerance, toleranceUnit: unit };
}
