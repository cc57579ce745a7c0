import { lengthUnit, longestTolerance } from '../../contract/jobs.ts';
import type { OptionSpec } from '../options/option-table.ts';

/** Options of several commands about students that outline regions. */

export const overlapOption = {
  flags: '--overlap <share>',
  help: "share of its side by which a tile overlaps the next; more is smoother at the tiles' edges, and slower",
} as const satisfies OptionSpec;

/** The longest first: `mm` ends in `m`. */
const lengthUnits = lengthUnit.options.toSorted((a, b) => b.length - a.length);

export const classOption = {
  flags: '--class <pairs>',
  help: 'what=class,…: what the masks name, number or colour so is this class, background or ignore',
} as const satisfies OptionSpec;

export const toleranceOption = {
  flags: '--tolerance <length>',
  help: 'of outlined regions: how far from the true border a predicted one still counts as right, for boundary F1; in pixels, 2 or 2px, or where images say how large these are 1.5mm or 3m',
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
