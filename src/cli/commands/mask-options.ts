import type { OptionSpec } from '../options/option-table.ts';

/** Options of several commands about students that outline regions. */

export const overlapOption = {
  flags: '--overlap <share>',
  help: "share of its side by which a tile overlaps the next; more is smoother at the tiles' edges, and slower",
} as const satisfies OptionSpec;

export const toleranceOption = {
  flags: '--tolerance <px>',
  help: 'of outlined regions: how far from the true border a predicted one still counts as right, for boundary F1',
} as const satisfies OptionSpec;
