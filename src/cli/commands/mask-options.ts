import { lengthUnit, longestTolerance } from '../../contract/jobs.ts';
import type { OptionSpec } from '../options/option-table.ts';

/** Options for segmentation that several commands have. */

export const overlapOption = {
  flags: '--overlap <share>',
  help: 'overlap of neighbouring tiles, as a fraction of the tile side; more overlap gives smoother borders but is slower',
} as const satisfies OptionSpec;

/** Units, longest first, because `mm` ends in `m`. */
const lengthUnits = lengthUnit.options.toSorted((a, b) => b.length - a.length);

export const classOption = {
  flags: '--class <pairs>',
  help: 'classes of names, numbers or colours in the masks, as name=class,…, e.g. 1=nucleus,255=ignore; besides classes, background and ignore are allowed',
} as const satisfies OptionSpec;

export const toleranceOption = {
  flags: '--tolerance <length>',
  help: 'largest distance at which a predicted border counts as correct in boundary F1: 2 or 2px; 1.5mm or 3m if images state their pixel size',
  composed: {
    read(raw) {
      const text = raw.trim();
      const toleranceUnit = lengthUnits.find((unit) => text.endsWith(unit));
      if (toleranceUnit === undefined) return { tolerance: text };
      return { tolerance: text.slice(0, -toleranceUnit.length).trimEnd(), toleranceUnit };
    },
    wanted: `a length from 0 to ${longestTolerance}, like 2, 2px, 1.5mm or 3m`,
  },
} as const satisfies OptionSpec;
